"""What differs between two editions of a report: its figures, and the rows of the sheets behind them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from atlas_assets.errors import ReportError
from atlas_assets.report.model import ChangedFigure, ChangedSheet, ChangesSection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.report.model import Report

# By what the items of a list are recognised in another edition.
_NAMES = ("month", "months", "name", "product_name", "channel_name")
_PARTS = ("customer_type", "kind", "unit")
# Lists that say the same as other figures, in another order.
_REPEATED = {"bridge", "movers"}


def compare(before: Report, after: Report) -> ChangesSection:
    """Return every figure and row that differs between two editions, in the order of report.json.

    Raises ReportError for two reports of different things.
    """
    if (of := _subject(before)) != (other := _subject(after)):
        raise ReportError(f"These are reports of {of} and of {other}, not editions of one.")
    old, new = dict(_figures(before)), dict(_figures(after))
    return ChangesSection(
        figures=[
            ChangedFigure(path=path, before=was, after=now, delta=_difference(was, now))
            for path in dict.fromkeys([*new, *old])
            if (was := old.get(path)) != (now := new.get(path))
        ],
        sheets=list(_sheets(before, after)),
    )


def _subject(report: Report) -> str:
    """Return what a report is about, which its editions have in common."""
    meta = report.meta
    units = "" if meta.is_whole else f" ({', '.join(meta.scope)})"
    return f"{meta.entity} {meta.period}{units} in {meta.currency.code}"


def _difference(before: Any, after: Any) -> Any:
    return None if before is None or after is None else after - before


def _figures(report: Report) -> Iterator[tuple[str, Any]]:
    """Yield every number of a report with its path, in which items of lists have their names."""
    data = report.model_dump(exclude={"meta", "changes", *_REPEATED})
    yield from _below(data, "")


def _below(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _below(value, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list):
        for item in part:
            if isinstance(item, dict):
                yield from _below(item, f"{path}[{_name(item)}]")
    elif part is not None and not isinstance(part, bool | str):
        yield path, part


def _name(item: dict[str, Any]) -> str:
    names = [str(item[key]) for key in _NAMES if item.get(key) is not None][:1]
    return ", ".join([*names, *(str(item[key]) for key in _PARTS if key in item)])


def _sheets(before: Report, after: Report) -> Iterator[ChangedSheet]:
    """Yield the sheets with rows of which the other edition has not as many alike."""
    old = {(s.file, s.sheet): s.row_digests for s in before.meta.sources}
    new = {(s.file, s.sheet): s.row_digests for s in after.meta.sources}
    for file, sheet in dict.fromkeys([*new, *old]):
        was, now = old.get((file, sheet), {}), new.get((file, sheet), {})
        gone, added = _unmatched(was, now), _unmatched(now, was)
        if gone or added:
            yield ChangedSheet(file=file, sheet=sheet, gone=gone, new=added)


def _unmatched(rows: dict[str, str], others: dict[str, str]) -> list[int]:
    """Return the numbers of rows for which there is no row of the same content among the others."""
    left = Counter(others.values())
    # A row that stayed where it was is matched first.
    left.subtract(digest for row, digest in rows.items() if others.get(row) == digest)
    unmatched: list[int] = []
    for row, digest in rows.items():
        if others.get(row) == digest:
            continue
        if left[digest] > 0:
            left[digest] -= 1
        else:
            unmatched.append(int(row))
    return unmatched
