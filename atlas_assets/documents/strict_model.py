"""What every part of the configuration is checked by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class KeyedError(ValueError):
    """A mistake in the value that stands under some keys, below where it is found."""

    def __init__(self, keys: list[int | str], message: str) -> None:
        super().__init__(message)
        self.keys = keys


class StrictModel(BaseModel):
    """A part of the configuration: what it does not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def no_repeats(
    what: str,
    values: Iterable[str],
    keys: Sequence[int | str] = (),
    form: Callable[[str], str] = str,
) -> None:
    """Raise an error for a value that occurs twice in the given form.

    `keys` lead to the list or mapping of them.
    """
    seen: set[str] = set()
    for value in values:
        if form(value) in seen:
            raise KeyedError([*keys], f"the {what} {value!r} occurs twice")
        seen.add(form(value))
