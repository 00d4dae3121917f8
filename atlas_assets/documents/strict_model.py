"""The base of all models of data files: an unknown key is a mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class KeyedError(ValueError):
    """A mistake in the value at `keys`, a path relative to the model that raises the error."""

    def __init__(self, keys: list[int | str], message: str) -> None:
        super().__init__(message)
        self.keys = keys


class StrictModel(BaseModel):
    """An immutable part of a file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def no_repeats(
    what: str,
    values: Iterable[str],
    keys: Sequence[int | str] = (),
    form: Callable[[str], str] = str,
) -> None:
    """Raise KeyedError for values that are equal once `form` is applied.

    `what` names the kind of value in the message; `keys` is the path to the list or mapping of values.
    """
    seen: set[str] = set()
    for value in values:
        if form(value) in seen:
            raise KeyedError([*keys], f"the {what} {value!r} occurs twice")
        seen.add(form(value))
