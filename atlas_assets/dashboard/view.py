"""The state of a page, all of which is in its address."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from atlas_assets.periods.calendar import Month, Period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from atlas_assets.configuration.currency import Language
    from atlas_assets.configuration.registry import Registry

LONGEST = 200  # characters of a parameter
FIRST_YEAR, MOST_YEARS = 1900, 30  # of a period
_SCOPE = ("entity", "period", "unit", "lang")


class ViewError(ValueError):
    """An address that leads nowhere, with the reason for the reader."""


@dataclass(frozen=True)
class View:
    """Which page is shown of what; `filters` are the parameters that only this page has."""

    path: str
    entity: str
    period: Period
    unit: str | None
    language: Language
    filters: Mapping[str, str] = field(default_factory=dict)

    def at(self, path: str, **filters: str | None) -> str:
        """Return the address of another page about the same."""
        return replace(self, path=path, filters={}).with_(**filters)

    def with_(self, **changes: str | None) -> str:
        """Return the address of this page with other parameters; None removes one."""
        parameters = {**dict(self.scope()), **self.filters, **changes}
        shown = {name: value for name, value in parameters.items() if value}
        return f"{self.path}?{urlencode(shown)}"

    def scope(self) -> list[tuple[str, str]]:
        """Return the parameters that say what any page is about."""
        found = {"entity": self.entity, "period": str(self.period), "unit": self.unit or ""}
        return [(name, value) for name, value in {**found, "lang": self.language}.items() if value]

    def parameters(self, *without: str) -> list[tuple[str, str]]:
        """Return what a form has to keep: all parameters but some."""
        found = [*self.scope(), *self.filters.items()]
        return [(name, value) for name, value in found if name not in without]

    def trace(self, figure: str) -> str:
        """Return the address that says where a figure comes from."""
        return self.at("/trace", figure=figure)


def parse(
    path: str,
    query: Mapping[str, str],
    registry: Registry,
    *,
    entities: list[str],
    months: Mapping[str, list[Month]],
    usual: Language,
) -> View:
    """Return what an address asks for, and by default the newest month of the first entity.

    `entities` are those that the reader may see; `months` those that each has figures of; `usual` is the
    language of the installation. Raises ViewError.
    """
    for value in query.values():
        if len(value) > LONGEST or any(sign < " " for sign in value):
            raise ViewError(value)
    entity = query.get("entity", "").upper() or (entities[0] if entities else "")
    if entity not in entities:
        raise ViewError(entity)
    known = months[entity]
    start = registry.fiscal_year_start
    if text := query.get("period"):
        try:
            period = Period.parse(text, start)
        except ValueError:
            raise ViewError(text) from None
        years = period.last.year - period.first.year
        if period.first.year < FIRST_YEAR or years > MOST_YEARS:
            raise ViewError(text)
    else:
        newest = known[-1] if known else Month.parse("2000-01")
        period = Period(newest, newest, start)
    unit = _unit(query.get("unit") or None, entity, entities, registry)
    filters = {name: value for name, value in query.items() if name not in _SCOPE and value}
    return View(path, entity, period, unit, language(query, usual), filters)


def language(query: Mapping[str, str], usual: Language) -> Language:
    """Return the language that an address asks for."""
    chosen = query.get("lang")
    return chosen if chosen in ("en", "id") else usual


def _unit(code: str | None, entity: str, entities: list[str], registry: Registry) -> str | None:
    """Return the unit of an entity; None for that of another, from whose page a reader comes."""
    own = {unit.code for unit in registry.entity(entity).units}
    if code is None or code in own:
        return code
    if code not in {unit.code for other in entities for unit in registry.entity(other).units}:
        raise ViewError(code)
    return None
