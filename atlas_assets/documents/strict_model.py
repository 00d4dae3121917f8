"""The base of all models of data files: an unknown key is a mistake, and every mistake has a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class KeyedError(ValueError):
    """A mistake in the value at `keys`, a path relative to the model that found it."""

    def __init__(self, keys: Sequence[int | str], message: str) -> None:
        super().__init__(message)
        self.keys = [*keys]


class ModelError(ValueError):
    """All mistakes that a model found in its own value."""

    def __init__(self, errors: Sequence[KeyedError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class StrictModel(BaseModel):
    """An immutable part of a file; unknown keys are refused.

    The text below a field says what the key means to those who write the file (`documents.reference`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse(mistakes: Iterable[KeyedError]) -> None:
    """Raise ModelError if there are any mistakes."""
    if found := list(mistakes):
        raise ModelError(found)


def repeats(
    what: str,
    values: Iterable[str],
    keys: Sequence[int | str] = (),
    form: Callable[[str], str] = str,
) -> Iterator[KeyedError]:
    """Yield a mistake for each value that equals an earlier one once `form` is applied.

    `what` names the kind of value in the message; `keys` is the path to the list or mapping of values.
    """
    seen: set[str] = set()
    for value in values:
        if form(value) in seen:
            yield KeyedError(keys, f"the {what} {value!r} occurs twice")
        seen.add(form(value))
