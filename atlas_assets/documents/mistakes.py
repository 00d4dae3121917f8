"""What is wrong with a file's content: every mistake with its line, in sentences for whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel

from atlas_assets.documents.reference import FORMS, meanings
from atlas_assets.documents.strict_model import KeyedError, ModelError
from atlas_assets.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

# By pydantic's types of errors; the names in braces are from the context of the error.
_SENTENCES = {
    "missing": "this key is missing",
    "extra_forbidden": "there is no such key",
    "string_type": "expected a text; put it into quotes",
    "string_too_short": "expected a text that is not empty",
    "string_too_long": "expected a text of at most {max_length} characters",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_parsing_size": "expected a smaller number",
    "int_from_float": "expected a whole number",
    "greater_than_equal": "expected a number that is greater than or equal to {ge}",
    "less_than_equal": "expected a number that is less than or equal to {le}",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "literal_error": "expected {expected}",
    "list_type": "expected a list, such as [one, two]",
    "dict_type": "expected keys with values, such as {{one: 1, two: 2}}",
    "model_type": "expected keys with values",
    "too_short": "expected at least {min_length}, found {actual_length}",
    "value_error": "{error}",
    "union_tag_invalid": "there is no kind {tag!r}. Known: {expected_tags}",
    "union_tag_not_found": "the key `kind` is missing",
}
_WITHOUT_INPUT = {
    *("missing", "value_error", "too_short", "extra_forbidden"),
    *("union_tag_invalid", "union_tag_not_found"),
}


def mistakes_text(
    path: Path, text: str, model: type[BaseModel], error: ValidationError, expected: str
) -> str:
    """Return one line for each mistake in a file: its path, line, key, and what is expected.

    `expected` is a sentence that follows each of them, or empty.
    """
    root = _nodes(text)
    found: dict[str, None] = {}
    for problem in error.errors():
        for keys, message in _problems(problem, model):
            where = ".".join(str(key) for key in keys) or "the file"
            sentence = f"{path}, line {_line(root, keys)}: {where}: {message}"
            found[sentence + (f" {expected}" if expected else "")] = None
    return "\n".join(found)


def placed(path: Path, mistakes: Iterable[KeyedError]) -> str:
    """Return one line for each mistake that was found in a file after it was read."""
    root = _nodes(path.read_text(encoding="utf-8"))
    return "\n".join(
        f"{path}, line {_line(root, mistake.keys)}: {_ended(str(mistake))}" for mistake in mistakes
    )


def _problems(
    problem: ErrorDetails, model: type[BaseModel]
) -> Iterator[tuple[list[int | str], str]]:
    """Yield the keys and the sentence of each mistake that an error of pydantic stands for."""
    keys, parent = _place(model, problem["loc"])
    context = problem.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, ModelError):
        yield from (([*keys, *mistake.keys], _ended(str(mistake))) for mistake in cause.errors)
        return
    if problem["type"] == "union_tag_invalid":
        keys = [*keys, "kind"]
    if problem["type"] == "string_pattern_mismatch":
        sentence = f"expected {FORMS[context['pattern']]}"
    else:
        sentence = _SENTENCES.get(problem["type"], problem["msg"]).format(**context)
    if problem["type"] not in _WITHOUT_INPUT:
        sentence += f". Found {problem['input']!r}"
    if problem["type"] == "extra_forbidden" and parent:
        known = list(parent.model_fields)
        sentence += f".{nearest(str(keys[-1]), known)} Known: {', '.join(known)}"
    if problem["type"] == "missing" and parent:
        sentence += f". It says: {meanings(parent)[str(keys[-1])]}"
    yield keys, _ended(sentence)


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?")) else f"{sentence}."


def _place(
    annotation: Any, location: Sequence[int | str]
) -> tuple[list[int | str], type[BaseModel] | None]:
    """Return the keys of a mistake as the file has them, and the model that the last one belongs to.

    Pydantic's location also names the kind of a value that can be of several models.
    """
    keys: list[int | str] = []
    parent: type[BaseModel] | None = None
    for key in location:
        models = _models_in(annotation)
        if key == "[key]":
            continue
        if len(models) > 1 and (chosen := [m for m in models if _kind(m) == key]):
            annotation = chosen[0]
            continue
        parent = next(iter(models), None)
        keys.append(key)
        if parent and str(key) in parent.model_fields:
            annotation = parent.model_fields[str(key)].annotation
        # Else it is a position in a list, or a key of a mapping: the model of its values is found next.
    return keys, parent


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return a model, or the models of the values of a list, a mapping or an optional value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _kind(model: type[BaseModel]) -> object:
    """Return the value of the key `kind` that tells a model from others, or None if it has no such key."""
    field = model.model_fields.get("kind")
    return next(iter(get_args(field.annotation)), None) if field else None


def _nodes(text: str) -> Any:
    """Return the root node of a YAML text; nodes know their lines."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _line(node: Any, keys: Sequence[int | str]) -> int:
    line = node.start_mark.line + 1 if node else 1
    for key in keys:
        child = None
        if isinstance(node, yaml.MappingNode):
            child = next((v for k, v in node.value if k.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int):
            child = node.value[key] if key < len(node.value) else None
        if child is None:
            break
        node, line = child, child.start_mark.line + 1
    return line
