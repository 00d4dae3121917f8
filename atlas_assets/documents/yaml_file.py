"""Reads a YAML file into a model; reports mistakes with file, line, key and what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from atlas_assets.documents.mistakes import mistakes_text
from atlas_assets.errors import ConfigurationError

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
    except ValidationError as error:
        raise ConfigurationError(mistakes_text(path, text, model, error, expected)) from error
    except (yaml.YAMLError, ValueError) as error:  # also a date such as 2026-02-30
        raise ConfigurationError(f"{path} is not valid YAML in UTF-8: {error}") from error


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
