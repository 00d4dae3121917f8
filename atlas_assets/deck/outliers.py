"""Outliers: the few values that would flatten all others if an axis were long enough for them.

Their bars are cut off with a visible break and the full amount, as IBCS asks for; axes and units
follow the other values.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

FACTOR = 20  # how many times larger than every other value an outlier is
OTHERS = 3  # at least this many values are no outliers, and at most every third value is one
BAR_ROOM = 1.25  # how much longer than the longest other bar one that is cut off is


def limit(values: Iterable[Decimal | float | None], *, others: int = OTHERS) -> float:
    """Return the largest magnitude that is no outlier; infinite where there are no outliers.

    At least `others` values are none.
    """
    sizes = sorted((float(abs(value)) for value in values if value), reverse=True)
    most = min(len(sizes) - others, len(sizes) // 3)
    for count in range(most, 0, -1):
        if sizes[count - 1] >= FACTOR * sizes[count]:
            return sizes[count]
    return inf


def ordinary(amounts: Iterable[Decimal | None], *, others: int = OTHERS) -> list[Decimal]:
    """Return the amounts without the outliers, to choose a unit for."""
    known = [amount for amount in amounts if amount is not None]
    most = limit(known, others=others)
    return [amount for amount in known if abs(amount) <= most]


def clipped(value: float, most: float) -> float:
    """Return a value, or where it is beyond the limit `most` the end of the bar that is cut off."""
    return value if abs(value) <= most else (BAR_ROOM if value > 0 else -BAR_ROOM) * most
