"""Numbers that know their place in report.json, so that whatever shows one can say where it comes from.

What is computed from such a number is a plain number again, without a place.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from atlas_assets.documents.strict_model import StrictModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.report.model import Report

_NO_FIGURES = {"meta", "changes"}  # parts of a report


class Figure(Decimal):
    """A figure of a report; `path` is its place, such as `units.TM.revenue.gap_to_target`."""

    path: str


class Count(int):
    """A figure that is a whole number."""

    path: str


def located(report: Report) -> Report:
    """Return the same report, of figures that know their places."""
    parts = {
        name: _located(getattr(report, name), name)
        for name in type(report).model_fields
        if name not in _NO_FIGURES
    }
    return report.model_copy(update=parts)


def figures(report: Report) -> Iterator[tuple[str, Decimal | int]]:
    """Yield every figure of a report after its place."""
    for name in type(report).model_fields:
        if name not in _NO_FIGURES:
            yield from _figures(getattr(report, name), name)


def figures_within(report: Report, place: str) -> dict[str, Decimal | int]:
    """Return the figures of a part of a report, such as `units.*.revenue`, by their places.

    A star stands for any unit, row or name.
    """
    wanted = place.split(".")

    def is_within(path: str) -> bool:
        parts = path.split(".")[: len(wanted)]
        return len(parts) == len(wanted) and all(
            asked in ("*", part) for asked, part in zip(wanted, parts, strict=True)
        )

    return {path: value for path, value in figures(report) if is_within(path)}


def place_of(value: object) -> str | None:
    """Return the place of a figure; None of a number that has none."""
    return value.path if isinstance(value, Figure | Count) else None


def _located(value: Any, path: str) -> Any:
    match value:
        case bool():
            return value
        case Decimal() | int():
            figure = Figure(value) if isinstance(value, Decimal) else Count(value)
            figure.path = path
            return figure
        case StrictModel():
            parts = _parts(value)
            return value.model_copy(
                update={name: _located(part, f"{path}.{name}") for name, part in parts}
            )
        case dict():
            return {key: _located(part, f"{path}.{key}") for key, part in value.items()}
        case list():
            return [_located(part, f"{path}.{index}") for index, part in enumerate(value)]
        case _:
            return value


def _figures(value: Any, path: str) -> Iterator[tuple[str, Decimal | int]]:
    match value:
        case bool():
            return
        case Decimal() | int():
            yield path, value
        case StrictModel():
            for name, part in _parts(value):
                yield from _figures(part, f"{path}.{name}")
        case dict():
            for key, part in value.items():
                yield from _figures(part, f"{path}.{key}")
        case list():
            for index, part in enumerate(value):
                yield from _figures(part, f"{path}.{index}")
        case _:
            return


def _parts(model: StrictModel) -> list[tuple[str, Any]]:
    return [(name, getattr(model, name)) for name in type(model).model_fields]
