"""The reference of a file's keys, made from its model: what each key takes, is by default, and means."""

from __future__ import annotations

import ast
import inspect
import math
import types
from datetime import date
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

# What a text has to look like, by the pattern in a model.
FORMS = {
    r"^[A-Z][A-Z0-9_]*$": "capital letters, digits and underscores after a capital letter, such as WLC_2",
    r"^[A-Z]{3}$": "three capital letters, such as EUR",
    r"^#[0-9A-F]{6}$": '"#" and six digits or capitals from A to F in quotes, such as "#1565C0"',
    r"^[A-Za-z0-9_.-]+$": "letters, digits, full stops and dashes",
    r"^[a-z_0-9]+$": "the name of a field in Odoo",
    r"^[a-z_0-9]+(\.[a-z_0-9]+)*$": "a name in small letters, as in Odoo",
    r"^[A-Z]+:[A-Z]+$": "the letters of the first and the last column, such as A:D",
}
_LONGEST_EXAMPLE = 60  # characters


@cache
def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what each key of a model means: the text below its field.

    It is read from the source when it is asked for; pydantic would do so whenever a command starts.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if "__annotations__" in vars(base) and base.__module__.startswith("atlas_assets"):
            body = ast.parse(dedent(inspect.getsource(base))).body[0]
            found |= _texts_below(body.body) if isinstance(body, ast.ClassDef) else {}
    return found


def _texts_below(body: list[ast.stmt]) -> dict[str, str]:
    return {
        statement.target.id: str(below.value.value)
        for statement, below in pairwise(body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
    }


def reference_text(model: type[BaseModel], examples: list[BaseModel]) -> str:
    """Return Markdown with a table of keys for a model and for each model in it.

    `examples` are read files; the first value in them that is not the default is the example of a key.
    """
    return "\n".join(_table(part, list(_instances(part, examples))) for part in _models_in(model))


def file_schema(
    model: type[BaseModel], mode: Literal["validation", "serialization"] = "validation"
) -> dict[str, Any]:
    """Return the JSON Schema by which a file is completed and checked, with what each key means."""
    schema = model.model_json_schema(mode=mode)
    definitions = schema.get("$defs", {})
    for part in _models_in(model):
        definition = schema if part is model else definitions[part.__name__]
        for name, text in meanings(part).items():
            definition["properties"][name]["description"] = text
    return schema


def _table(model: type[BaseModel], instances: list[BaseModel]) -> str:
    lines = [
        f"### {_title(model)}",
        "",
        f"{inspect.getdoc(model)}",
        "",
        "| key | takes | default | example | meaning |",
        "|---|---|---|---|---|",
    ]
    for name, field in model.model_fields.items():
        cells = [f"`{name}`", _takes(field), _default(field), _example(name, field, instances)]
        lines.append("| " + " | ".join([*cells, meanings(model)[name]]).replace("\n", " ") + " |")
    return "\n".join([*lines, ""])


def _title(model: type[BaseModel]) -> str:
    """Return a model's name in words: `ProgramUnit` is `program unit`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in model.__name__).strip()


def _takes(field: FieldInfo) -> str:
    return _kind(field.annotation, field.metadata)


def _kind(annotation: Any, metadata: Any = ()) -> str:
    """Return in words what values a type allows."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(arguments[0], [*_flat(arguments[1:]), *metadata])
    if origin in (Union, types.UnionType):
        kinds = [a for a in arguments if a is not type(None)]
        if all(isinstance(a, type) and issubclass(a, BaseModel) for a in kinds):
            return " or ".join(map(_kind, kinds))
        return _kind(kinds[0], metadata)
    if origin is not None:
        return _kind_of_several(origin, arguments, metadata)
    if issubclass(annotation, BaseModel):
        return f"[{_title(annotation)}](#{_title(annotation).replace(' ', '-')})"
    pattern = next((m.pattern for m in metadata if getattr(m, "pattern", None)), None)
    names = {bool: "`true`, `false`", int: "number" + _limits(metadata), date: "date"}
    return FORMS[pattern] if pattern else names.get(annotation, "text")


def _kind_of_several(origin: Any, arguments: tuple[Any, ...], metadata: Any) -> str:
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is dict:
        return f"mapping of {_kind(arguments[0])} to {_kind(arguments[1])}"
    least = next((m.min_length for m in metadata if getattr(m, "min_length", None)), None)
    return f"list of {_kind(arguments[0])}" + (f", at least {least}" if least else "")


def _flat(metadata: Any) -> Iterator[Any]:
    """Yield the constraints of a type, also of those that `Field` bundles."""
    for item in metadata:
        yield from getattr(item, "metadata", None) or [item]


def _limits(metadata: Any) -> str:
    limits = {name: getattr(m, name) for m in metadata for name in ("ge", "le") if hasattr(m, name)}
    return f", {limits['ge']}–{limits['le']}" if len(limits) > 1 else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "" if value is None else _shown(value)


def _example(name: str, field: FieldInfo, instances: list[BaseModel]) -> str:
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    values = (getattr(instance, name) for instance in instances)
    return _shown(next((value for value in values if value not in (default, None)), None))


def _shown(value: Any) -> str:
    """Return a value as it is written in YAML, shortened; nothing for what has a table of its own."""
    if value is None or _has_models(value):
        return ""
    text = _yaml(value)
    if len(text) > _LONGEST_EXAMPLE and isinstance(value, list):
        text = f"{_yaml(value[:3]).removesuffix(']')}, …]"
    if len(text) > _LONGEST_EXAMPLE and isinstance(value, dict):
        text = f"{_yaml(dict(list(value.items())[:2])).removesuffix('}')}, …}}"
    return f"`{text}`".replace("|", "\\|")


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=math.inf
    )
    return text.removesuffix("...\n").strip()


def _has_models(value: Any) -> bool:
    values = value.values() if isinstance(value, dict) else value
    return isinstance(value, BaseModel) or (
        isinstance(value, (list, dict)) and any(isinstance(item, BaseModel) for item in values)
    )


def _models_in(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield a model and the models in it, each once, in the order of the keys."""
    found: dict[type[BaseModel], None] = {}

    def add(annotation: Any) -> None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation not in found:
                found[annotation] = None
                for field in annotation.model_fields.values():
                    add(field.annotation)
            return
        for argument in get_args(annotation):
            add(argument)

    add(model)
    yield from found


def _instances(model: type[BaseModel], values: Any) -> Iterator[BaseModel]:
    """Yield every instance of exactly a model within values."""
    for value in values.values() if isinstance(values, dict) else values:
        if isinstance(value, BaseModel):
            if type(value) is model:
                yield value
            yield from _instances(
                model, [getattr(value, name) for name in type(value).model_fields]
            )
        elif isinstance(value, (list, dict)):
            yield from _instances(model, value)
