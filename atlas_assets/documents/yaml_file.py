"""Reads a file of the configuration; a mistake is told with file, line, key and what is expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import ValidationError

from atlas_assets.documents.strict_model import KeyedError, StrictModel
from atlas_assets.errors import ConfigurationError, nearest

if TYPE_CHECKING:
    from pathlib import Path


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a key that occurs twice, of which YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for position, (key, _) in enumerate(node.value):
            if key.value in keys[:position]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} occurs twice", key.start_mark
                )
        return super().construct_mapping(node, deep)


M = TypeVar("M", bound=StrictModel)


def load(path: Path, model: type[M]) -> M:
    """Read a file. Raises ConfigurationError that names every mistake in it."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        return model.model_validate(yaml.load(text, Loader=_UniqueKeys))  # noqa: S506  a safe one
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
        raise ConfigurationError(_explain(path, text, error)) from error


def _explain(path: Path, text: str, error: ValidationError) -> str:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    problems: list[str] = []
    for problem in error.errors():
        keys = [key for key in problem["loc"] if key != "[key]"]
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, KeyedError):
            keys += cause.keys
        line = line_of(root, keys)
        where = ".".join(str(key) for key in keys) or "the file"
        found = (
            "" if problem["type"] in {"missing", "value_error"} else f" Found {problem['input']!r}."
        )
        hint = nearest(str(keys[-1]), _known_keys()) if problem["type"] == "extra_forbidden" else ""
        told = problem["msg"].removeprefix("Value error, ")
        problems.append(f"{path}, line {line}: {where}: {told}.{found}{hint}")
    return "\n".join(problems)


def composed(path: Path) -> Any:
    """Return the nodes of a file, which know their lines."""
    return yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)


def _known_keys() -> set[str]:
    return {name for model in StrictModel.__subclasses__() for name in model.model_fields}


def line_of(node: Any, keys: list[int | str]) -> int:
    """Return the 1-based line of the deepest node that the keys lead to."""
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
