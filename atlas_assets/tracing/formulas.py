"""What a figure consists of: records that are summed up, and figures made of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Value = str | int | bool | date | tuple[str, ...] | None
Parameters = tuple[tuple[str, Value], ...]
Operation = Literal[
    "sum", "difference", "share", "ratio", "change", "scaled", "above", "below", "count"
]


@dataclass(frozen=True)
class Places:
    """Months of units, perhaps with a channel or program, in which records are looked for.

    `query` is a file of `queries/places`.
    """

    query: str
    parameters: Parameters


@dataclass(frozen=True)
class Records:
    """Records that are added up, found by a file of `queries/records`.

    `is_largest` says that the largest value is meant, not the sum.
    """

    query: str
    places: tuple[Places, ...] = ()
    parameters: Parameters = ()
    is_largest: bool = False


@dataclass(frozen=True)
class Known:
    """A number that no record is behind, such as how many months a period has."""

    value: int


@dataclass(frozen=True)
class Formula:
    """A figure made of others.

    - `sum` of all, `difference` of the first and the second,
    - `share` of the second in percent, `ratio` to it, `change` since it in percent,
    - `scaled`: the first times the second by the third,
    - how many are `above` or `below` zero, as told with one decimal, or exist at all (`count`).
    """

    operation: Operation
    parts: tuple[Expression, ...]
    decimals: int = 4


Expression = Records | Formula | Known


def parameters(**values: Value) -> Parameters:
    """Return parameters of a query, so that equal ones are equal."""
    return tuple(sorted(values.items()))


def difference(one: Expression, other: Expression) -> Formula:
    """Return a difference."""
    return Formula("difference", (one, other))


def change(one: Expression, other: Expression) -> Formula:
    """Return a change in percent."""
    return Formula("change", (one, other))


def share(one: Expression, other: Expression) -> Formula:
    """Return a share in percent."""
    return Formula("share", (one, other))
