"""Follows the paths of fields, such as `partner_id.name`, from records to those that they refer to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from atlas_assets.errors import nearest
from atlas_assets.sources.odoo.server import OdooError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from atlas_assets.sources.odoo.server import OdooServer, Record

JOINED_BY = " + "  # several values of one field
_TO_SEVERAL = ("one2many", "many2many")
_SINGLE = {
    *("char", "text", "selection", "boolean", "many2one"),
    *("integer", "float", "monetary", "date", "datetime"),
}
_LOOKS_LIKE_THOUSANDS = 3  # decimals


@dataclass(frozen=True)
class Field:
    """A field of a model: its type, what people call it, and the model that it refers to."""

    type: str
    label: str
    relation: str | None


Models = dict[str, dict[str, Field]]


class Catalog:
    """The fields of the models of one Odoo; those that are not among the `known` ones are asked for."""

    def __init__(self, server: OdooServer, known: Models) -> None:
        self._server, self._models = server, known

    def fields(self, model: str) -> dict[str, Field]:
        """Return the fields of a model by name. Raises OdooError if there is no such model."""
        if model not in self._models:
            found = self._server.call(
                model, "fields_get", attributes=["type", "string", "relation"]
            )
            self._models[model] = {
                name: Field(field["type"], field["string"], field.get("relation"))
                for name, field in found.items()
            }
        return self._models[model]

    def field(self, model: str, path: str) -> Field:
        """Return the last field of a path. Raises OdooError, whose key is the path, if there is none."""
        *steps, last = path.split(".")
        for step in steps:
            relation = self._step(model, step, path).relation
            if relation is None:
                raise OdooError(path, f"{step!r} of {model} refers to no other record")
            model = relation
        return self._step(model, last, path)

    def _step(self, model: str, name: str, path: str) -> Field:
        fields = self.fields(model)
        if name not in fields:
            raise OdooError(path, f"{model} has no field {name!r}.{nearest(name, fields)}")
        return fields[name]

    def models(self, model: str, paths: Iterable[str]) -> list[str]:
        """Return the models that paths lead to, without the first one."""
        found: dict[str, None] = {}
        for name, rests in _by_first_step(paths).items():
            if relation := self.field(model, name).relation:
                found |= dict.fromkeys([relation, *self.models(relation, rests)])
        return sorted(found)

    def column(self, model: str, path: str) -> Field:
        """Return the field of a column. Raises OdooError, whose key is the path, if it is no single value."""
        found = self.field(model, path)
        if found.type in _TO_SEVERAL:
            raise OdooError(
                path, f"{path!r} is a list of records. Name a field of them, such as {path}.name"
            )
        if found.type not in _SINGLE:
            raise OdooError(path, f"{path!r} is of the type {found.type}, which no cell can show")
        return found


def follow(
    server: OdooServer, catalog: Catalog, model: str, records: list[Record], paths: Iterable[str]
) -> dict[str, set[int]]:
    """Put the records that paths lead to beside the references to them; return their ids by model.

    Beside `partner_id`, the partner stands under `partner_id.`, in a list. Raises OdooError for records
    that the user of the key may not see.
    """
    met: dict[str, set[int]] = defaultdict(set)
    for name, rests in _by_first_step(paths).items():
        field = catalog.field(model, name)
        relation = field.relation
        if relation is None:
            continue
        ids = {i for record in records for i in _ids(field, record[name])}
        met[relation] |= ids
        if not rests:  # its name is in the reference itself, and may change
            continue
        others = server.records_of(relation, ids, list(_by_first_step(rests)))
        found = {other["id"]: other for other in others}
        if hidden := sorted(ids - found.keys()):
            raise OdooError(
                "model",
                f"{name} of {model} refers to {relation} {', '.join(map(str, hidden[:5]))}, which the user "
                "of the key may not see, or which is deleted by now",
            )
        for further, further_ids in follow(server, catalog, relation, others, rests).items():
            met[further] |= further_ids
        for record in records:
            record[f"{name}."] = [found[i] for i in _ids(field, record[name])]
    return met


def _by_first_step(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return the first steps of paths, and by each of them what follows it."""
    steps: dict[str, list[str]] = {}
    for path in paths:
        first, _, rest = path.partition(".")
        steps.setdefault(first, []).extend([rest] if rest else [])
    return steps


def first_steps(paths: Iterable[str]) -> list[str]:
    """Return the fields of the records themselves that paths begin with, each once."""
    return list(_by_first_step(paths))


def _ids(field: Field, value: Any) -> list[int]:
    """Return the ids in a reference: `[7, "Name"]` to one record, `[7, 8]` to several, or False."""
    if not value:
        return []
    return [value[0]] if field.type == "many2one" else value


def values(record: Record, path: str) -> Iterator[Any]:
    """Yield the values at the end of a path, each once; several if records are referred to on the way."""
    first, _, rest = path.partition(".")
    if not rest:
        yield record[first]
        return
    found = (value for other in record[f"{first}."] for value in values(other, rest))
    yield from dict.fromkeys(tuple(v) if isinstance(v, list) else v for v in found)


def text(value: Any, kind: str, zone: ZoneInfo) -> str | None:
    """Return a value as a cell would show it, a time as in `zone`; None for False, which means nothing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower() if kind == "boolean" else None
    if kind == "datetime":
        return str(datetime.fromisoformat(value).replace(tzinfo=UTC).astimezone(zone))[:19]
    if kind == "many2one":
        return text(value[1], "char", zone)
    return _number(value) if isinstance(value, Decimal) else str(value) or None


def _number(value: Decimal) -> str:
    """Return a number so that no reader could take its decimals for thousands."""
    plain = format(value.normalize(), "f")
    decimals = len(plain.partition(".")[2])
    return f"{value:.4f}" if decimals == _LOOKS_LIKE_THOUSANDS else plain
