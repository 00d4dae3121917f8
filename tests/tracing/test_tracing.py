"""What a figure is made of adds up to it, and the cells are where the trace says they are."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlas_assets.deck.labels import figure_on_slide
from atlas_assets.deck.story import build_deck
from atlas_assets.errors import UsageError
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.figures import figures, figures_within, located, place_of
from atlas_assets.tracing.formulas import Records
from atlas_assets.tracing.tracer import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb
    from conftest import Installation

    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.report.model import Report
    from atlas_assets.tracing.tracer import Trace

ROUNDING = Decimal("0.0001")  # of shares and changes in a report
PERIODS = ["2025-01", "2025-02", "2026-03", "2026-10", "2026-Q2", "2025", "2026-02..2026-05"]


@pytest.fixture(scope="module")
def warehouse(built: Installation) -> Iterator[duckdb.DuckDBPyConnection]:
    with built.workspace.warehouse.reading() as connection:
        yield connection


@pytest.fixture(scope="module")
def tracers(
    warehouse: duckdb.DuckDBPyConnection, configuration: Configuration
) -> dict[tuple[str, str], Tracer]:
    """A tracer for each of some reports, one of them of two units."""
    registry = configuration.registry

    def traced(entity: str, period: str, *units: str) -> Tracer:
        report = assemble(
            warehouse, registry, entity, Period.parse(period), locale="id", units=units
        )
        return Tracer(warehouse, report)

    made = {(entity, of): traced(entity, of) for entity in ("EPN", "IONS") for of in PERIODS}
    return {**made, ("IONS", "two units"): traced("IONS", "2026-10", "TM", "NP")}


def refute(tracer: Tracer, path: str, value: Decimal | int) -> str | None:
    """Return what is wrong with the trace of a figure, or None."""
    made = tracer.trace(path).rounded
    if made is None or abs(made - value) > ROUNDING:
        return f"{tracer.report.meta.period} {path}: {value}, but made of {made}"
    return None


@given(data=st.data())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_a_figure_is_made_of_adds_up_to_it(
    tracers: dict[tuple[str, str], Tracer], data: st.DataObject
) -> None:
    tracer = tracers[data.draw(st.sampled_from(sorted(tracers)))]
    path, value = data.draw(st.sampled_from(list(figures(tracer.report))))
    assert refute(tracer, path, value) is None


@pytest.mark.slow
@pytest.mark.parametrize("of", [("IONS", "2026-10"), ("EPN", "2025")], ids=str)
def test_every_figure_of_a_report_can_be_traced(
    tracers: dict[tuple[str, str], Tracer], of: tuple[str, str]
) -> None:
    wrong = [refute(tracers[of], path, value) for path, value in figures(tracers[of].report)]
    assert [text for text in wrong if text] == []
    assert len(wrong) > 1_000


def leaves(trace: Trace) -> Iterator[Records]:
    if isinstance(trace.expression, Records):
        yield trace.expression
    for part in trace.parts:
        yield from leaves(part)


@pytest.mark.parametrize(
    "path",
    [
        "units.TM.revenue.gap_to_target",
        "units.TM.key_comparison.order_value.value",
        "units.NP.channels.0.conversion_pct",
        "totals.retention.rate_pct",
        "totals.open_orders.paid_so_far",
        "units.TM.schools.totals.2026",
        "data_quality.valid",
    ],
)
def test_cells_hold_what_the_records_say(
    built: Installation, tracers: dict[tuple[str, str], Tracer], path: str
) -> None:
    """Looked up in the workbooks themselves, by another library."""
    tracer = tracers["IONS", "2026-10"]
    found = [
        record
        for records in leaves(tracer.trace(path))
        for record in tracer.records(records, limit=8)
    ]
    assert found
    books = {
        file: openpyxl.load_workbook(built.root / "source" / file, data_only=True)
        for file in {str(record.file) for record in found}
    }
    for record in found:
        cell = books[str(record.file)][str(record.sheet)][record.cell]
        shown = cell.value if isinstance(cell.value, str) else f"{cell.value:g}"
        if record.column in {"amount", "target_revenue"} and not isinstance(cell.value, str):
            assert Decimal(str(record.content)) == Decimal(str(cell.value)), record
        else:
            assert str(record.content).split() == shown.split(), record


def test_a_number_knows_its_place_and_what_is_computed_from_it_has_none(
    tracers: dict[tuple[str, str], Tracer],
) -> None:
    report = located(tracers["IONS", "2026-10"].report)
    section = report.units["TM"].revenue
    assert place_of(section.gap_pct) == "units.TM.revenue.gap_pct"
    assert section.revenue_target is not None
    assert place_of(section.revenue_actuals - section.revenue_target) is None
    assert report == tracers["IONS", "2026-10"].report


@pytest.mark.parametrize(
    "path",
    [
        *("", "totals", "totals.revenue", "movers", "meta.entity", "units.XX.revenue.gap_pct"),
        *("totals.revenue.trend.99.actuals", "units.TM.programs.x.revenue"),
        "bridge.period.steps.0.unit",
    ],
)
def test_what_is_no_figure_is_refused_in_words(
    tracers: dict[tuple[str, str], Tracer], path: str
) -> None:
    with pytest.raises(UsageError, match="There is no figure"):
        tracers["IONS", "2026-10"].trace(path)


def slides_with_figures(report: Report, installation: Installation) -> Iterator[tuple[int, str]]:
    strings = installation.workspace.strings
    deck = build_deck(located(report), strings, "PT Contoh")
    for number, slide in enumerate(deck.slides, 1):
        if slide.table:
            for row in slide.table.rows:
                cell = row.cells[-1]
                if cell.figure and not row.is_detail:
                    yield number, f"{row.cells[0].text} {slide.table.columns[-1].header}"


def test_a_figure_is_found_by_slide_and_label(
    built: Installation, tracers: dict[tuple[str, str], Tracer]
) -> None:
    report = tracers["IONS", "2026-10"].report
    deck = build_deck(located(report), built.workspace.strings, "PT Contoh")
    number = next(n for n, slide in enumerate(deck.slides, 1) if slide.chart and not slide.color)
    chart = deck.slides[number - 1].chart
    assert chart
    for point in chart.points[:3]:
        place = figure_on_slide(deck, number, f"{point.category.lower()} ac")
        assert dict(figures(report))[place] is not None
        assert place.endswith(".actuals")
    for found, label in slides_with_figures(report, built):
        assert figure_on_slide(deck, found, label) in dict(figures(report))
    with pytest.raises(UsageError, match="has no figure 'XX AC'"):
        figure_on_slide(deck, number, "XX AC")
    with pytest.raises(UsageError, match="no slide 900"):
        figure_on_slide(deck, 900, "XX AC")


def test_the_references_in_the_notes_of_slides_lead_to_figures(
    built: Installation, tracers: dict[tuple[str, str], Tracer]
) -> None:
    report = tracers["IONS", "2026-10"].report
    deck = build_deck(report, built.workspace.strings, "PT Contoh")
    seen = 0
    for slide in deck.slides:
        lines = slide.notes.partition("source:")[0].splitlines()
        for place in (line[2:] for line in lines if line.startswith("- ")):
            if not place.startswith(("meta", "changes")):
                seen += 1
                assert figures_within(report, place) or place.endswith(".outlook"), place
    assert seen > 50


def test_the_command_tells_cells(built: Installation) -> None:
    told = built.atlas(
        "trace", "units.TM.revenue.gap_to_target", "--entity", "ions", "--period", "2026-10"
    )
    assert "OKTOBER" in told.stdout
    assert "units.TM.revenue.gap_to_target = " in told.stdout
    listed = built.atlas("trace", "units.TM.retention", "--entity", "IONS", "--period", "2026-10")
    assert all(line.startswith("units.TM.retention.") for line in listed.stdout.splitlines())
    address = "/trace?entity=IONS&period=2026-10&figure=totals.revenue.revenue_actuals"
    of_page = built.atlas("trace", address, "--json")
    assert '"figure": "totals.revenue.revenue_actuals"' in of_page.stdout
    refused = built.atlas("trace", "totals.revenue.gap_pct", status=2)
    assert "--entity IONS --period 2026-10" in refused.stderr
