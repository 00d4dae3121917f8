"""The words of the registry by which rows of sheets are understood before they are records."""

from __future__ import annotations

from typing import NamedTuple


class SheetWords(NamedTuple):
    """How rows begin that sum up others, and how the currency is written: in capitals, the longest first."""

    total_labels: tuple[str, ...]
    currency: tuple[str, ...]
