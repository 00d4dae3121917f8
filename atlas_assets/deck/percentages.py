"""Percentages beyond what slides show in full, with their paths in report.json, for the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.notation.numbers import exact_percent, is_beyond_percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


# A share is at a key that says so, or in a figure at such a key.
_SHARES = (
    "_pct",
    "_pct.value",
    "_pct.last_year.value",
    "_pct.last_period.value",
    "_pct.best_year.value",
)


def large_percentages(data: dict[str, Any], paths: Sequence[str]) -> dict[str, float]:
    """Return the percentages below paths such as `units.*.revenue` that slides only call larger.

    `data` is a report; the keys are the full paths.
    """
    return {
        name: value
        for path in paths
        for name, value in _below(data, path.split("."), "")
        if is_beyond_percent(value)
    }


def exact_lines(data: dict[str, Any], paths: Sequence[str], locale: str) -> list[str]:
    """Return a line for a slide's notes with each such percentage: path and exact figure."""
    return [
        f"- {name} = {exact_percent(value, locale)}"
        for name, value in large_percentages(data, paths).items()
    ]


def _below(part: Any, steps: list[str], name: str) -> Iterator[tuple[str, float]]:
    """Yield the percentages of a part of the report that `steps` lead to, with their paths."""
    if isinstance(part, dict | list):
        items = part.items() if isinstance(part, dict) else enumerate(part)
        wanted = steps[0] if steps else "*"
        for key, value in items:
            if wanted in {"*", str(key)}:
                yield from _below(value, steps[1:], f"{name}.{key}" if name else str(key))
    elif not steps and name.endswith(_SHARES) and part is not None:
        yield name, part
