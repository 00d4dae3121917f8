"""Reads a YAML file into a model; reports mistakes with file, line, key and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from atlas_assets.documents.strict_model import KeyedError
from atlas_assets.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from pathlib import Path


class _UniqueKeys(yaml.CSafeLoader):  # seven times as fast as SafeLoader
    """Refuses a key that occurs twice; YAML would silently keep the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for position, (key, _) in enumerate(node.value):
            if key.value in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} occurs twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


# A file of a few kilobytes can stand for more nodes than any memory has, by aliases of aliases.
MOST_NODES = 100_000
DEEPEST = 30

M = TypeVar("M", bound=BaseModel)


def load(path: Path, model: type[M], expected: str = "") -> M:
    """Read a file; an empty one counts as a mapping without keys.

    Raises ConfigurationError with every mistake, each followed by `expected`, a sentence that says
    what such a file looks like.
    """
    text = ""
    if path.is_fifo():  # it would be waited for
        raise ConfigurationError(f"{path} is no file, but a pipe. Remove it.")
    try:
        text = path.read_text(encoding="utf-8")
        content = _content(text)
        return model.model_validate({} if content is None else content)
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path} is missing. Copy `source/config` from the project, or point ATLAS_SOURCE_DIR "
            "to a folder that has `config/` in it."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}, line {line}: {error.problem}. Correct it.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML in UTF-8: {error}") from error
    except ValidationError as error:
        raise ConfigurationError(_explain(path, text, model, error, expected)) from error


def _content(text: str) -> Any:
    """Return what a text says. Raises MarkedYAMLError for what is no sensible file."""
    _check_depth(text)
    loader = _UniqueKeys(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return None
        _size(root, {}, 1)
        return loader.construct_document(root)
    finally:
        loader.dispose()


def _check_depth(text: str) -> None:
    """Raise ConstructorError for a text that is nested too deeply: composing it would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise yaml.constructor.ConstructorError(
                None, None, f"more than {DEEPEST} levels", event.start_mark
            )


def _size(node: yaml.Node, known: dict[int, int], depth: int) -> int:
    """Return how many nodes a node stands for, aliases included.

    Raises ConstructorError if they are too many or nested too deeply, or if a node contains itself.
    """
    if id(node) in known:
        return known[id(node)]
    if depth > DEEPEST:
        raise yaml.constructor.ConstructorError(
            None, None, f"more than {DEEPEST} levels, or an alias of itself", node.start_mark
        )
    parts: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
    elif isinstance(node, yaml.SequenceNode):
        parts = node.value
    size = 1 + sum(_size(part, known, depth + 1) for part in parts)
    if size > MOST_NODES:
        raise yaml.constructor.ConstructorError(
            None, None, f"more than {MOST_NODES} values, aliases included", node.start_mark
        )
    known[id(node)] = size
    return size


def line_at(path: Path, keys: list[int | str]) -> int:
    """Return the 1-based line of the node at a path of keys, or of its deepest existing ancestor."""
    return _line(_nodes(path.read_text(encoding="utf-8")), keys)


def _explain(
    path: Path, text: str, model: type[BaseModel], error: ValidationError, expected: str
) -> str:
    root = _nodes(text)
    mistakes: list[str] = []
    for problem in error.errors():
        keys = [key for key in problem["loc"] if key != "[key]"]
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, KeyedError):
            keys += cause.keys
        where = ".".join(str(key) for key in keys) or "the file"
        shows_input = problem["type"] not in {"missing", "value_error"}
        actual = f" Found {problem['input']!r}." if shows_input else ""
        is_unknown = problem["type"] == "extra_forbidden"
        hint = nearest(str(keys[-1]), _keys_of(model)) if is_unknown else ""
        message = problem["msg"].removeprefix("Value error, ")
        mistakes.append(
            f"{path}, line {_line(root, keys)}: {where}: {message}.{actual}{hint}"
            + (f" {expected}" if expected else "")
        )
    return "\n".join(mistakes)


def _keys_of(annotation: Any) -> set[str]:
    """Return all keys of a model and of the models in its fields."""
    keys = {key for argument in get_args(annotation) for key in _keys_of(argument)}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            keys |= {name, *_keys_of(field.annotation)}
    return keys


def _nodes(text: str) -> Any:
    """Return the root node of a YAML text; nodes know their lines."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _line(node: Any, keys: list[int | str]) -> int:
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
