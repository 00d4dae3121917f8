"""The kinds of values that the files of the configuration are made of."""

from __future__ import annotations

from typing import Annotated
from unicodedata import category

import duckdb
from pydantic import AfterValidator, Field, StringConstraints

_NOT_SHOWN = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, separators


def _showable(word: str) -> str:
    """Return a word, or raise ValueError for one that no page could show."""
    if any(category(character) in _NOT_SHOWN for character in word):
        raise ValueError(f"{word!r} has a character that cannot be shown")
    return word


def _pattern(pattern: str) -> str:
    """Return a regular expression, or raise ValueError for what the engine that will use it refuses."""
    try:
        # As a literal: a parameter makes DuckDB import pandas where it is installed (0.3 s).
        literal = pattern.replace("'", "''")
        duckdb.execute(f"SELECT regexp_matches('', '{literal}')")
    except duckdb.InvalidInputException as error:
        why = str(error).split("\n", maxsplit=1)[0]
        raise ValueError(f"{pattern!r} is no regular expression ({why})") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_pattern)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]
MonthNumber = Annotated[int, Field(ge=1, le=12)]
Word = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_showable),
]
