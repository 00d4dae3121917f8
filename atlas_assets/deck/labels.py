"""Finds a figure of a deck by the number of its slide and its label."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from atlas_assets.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from atlas_assets.deck.slides import ColumnChart, Deck, Slide, Table

_SCENARIOS = {"AC": "actuals", "FC": "forecast", "PL": "target", "PY": "last_year"}
_VARIANCES = {"ΔPL": "gap_to_target", "ΔPY": "delta_last_year"}


def figure_on_slide(deck: Deck, number: int, label: str) -> str:
    """Return the place in report.json of a figure on a slide.

    A label is `<row> <column>` of a table, `<month> <scenario>` of a chart (`Okt AC`), or that of a card.
    Raises UsageError, with what there is, for any other.
    """
    if not 0 < number <= len(deck.slides):
        raise UsageError(f"The deck has no slide {number}: it has {len(deck.slides)}.")
    known = dict(_figures(deck.slides[number - 1]))
    folded = {name.casefold(): place for name, place in known.items()}
    if place := folded.get(label.casefold()):
        return place
    near = nearest(label, known)
    listed = ", ".join(list(known)[:12]) or "none"
    raise UsageError(f"Slide {number} has no figure {label!r}.{near} It has: {listed}.")


def _figures(slide: Slide) -> Iterator[tuple[str, str]]:
    """Yield the figures of a slide: label and place; of two with one label, the last one counts."""
    for card in slide.cards:
        if card.figure:
            yield card.label, card.figure
        for line in card.lines:
            for name, run in pairwise(line):
                if run.figure:
                    yield f"{card.label} {name.text.strip()}", run.figure
    if slide.table:
        yield from _of_table(slide.table)
    if slide.chart:
        yield from _of_chart(slide.chart)


def _of_table(table: Table) -> Iterator[tuple[str, str]]:
    parent = ""
    for row in table.rows:
        name = row.cells[0].text
        parent = parent if row.is_detail else name
        about = f"{parent} {name}" if row.is_detail else name
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell.figure:
                yield f"{about} {column.header}", cell.figure


def _of_chart(chart: ColumnChart) -> Iterator[tuple[str, str]]:
    for position, point in enumerate(chart.points):
        if not point.place:
            continue
        values = {"AC": point.actual, "FC": point.forecast, "PL": point.target}
        values["PY"] = point.previous
        for scenario, value in values.items():
            if value is not None:
                yield f"{point.category} {scenario}", f"{point.place}.{_SCENARIOS[scenario]}"
        for tier in chart.tiers:
            if tier.values[position] is not None:
                variance = f"Δ{tier.reference}"
                yield f"{point.category} {variance}", f"{point.place}.{_VARIANCES[variance]}"
