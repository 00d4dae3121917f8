"""report.json against the sheets, read independently of the product, and against its schema."""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import duckdb
import openpyxl
import pytest
from conftest import Installation

from atlas_assets.errors import ReportError
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.periods.scope import Scope
from atlas_assets.report.assemble import assemble
from atlas_assets.report.model import Report
from atlas_assets.warehouse.reconciliation import reconciliations
from atlas_assets.workspace import Workspace

UNIT_NAMES = {
    "WLC Inggris": "WLC_ENGLISH",
    "WLC Non Inggris": "WLC_NON_ENGLISH",
    "True Mandarin": "TM",
    "Neutron Priority": "NP",
    "IONs Culinary College": "ICC",
    "IONs Culinary Academy": "ICA",
    "Detection": "DTC",
    "IONs": "IONS",
    "Bimbingan Belajar": "BIMBEL",
    "Privat": "PRIVAT",
    "Try Out": "TRYOUT",
}
EVALUATION = {
    "IONS": "LAPORAN EVALUASI IONs {} TM-WLC.xlsx",
    "EPN": "LAPORAN EVALUASI EPN {}.xlsx",
}
SHEETS = [
    *("JANUARI", "FEBRUARI", "MARET", "APRIL", "MEI", "JUNI"),
    *("JULI", "AGUSTUS", "SEPTEMBER", "OKTOBER", "NOVEMBER", "DESEMBER"),
]


def assembled(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    entity: str,
    period: Period,
    units: Sequence[str] = (),
) -> Report:
    registry = workspace.configuration.registry
    return assemble(connection, registry, entity, period, locale="id", units=units)


def readable(value: object) -> Decimal | None:
    """Return the rupiah that a person reads in a cell."""
    if isinstance(value, int | float):
        return Decimal(str(value))
    text = re.sub(r"[Rp\s]", "", str(value or ""))
    if re.fullmatch(r"\d+,-", text):
        return Decimal(text[:-2])
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+(,00)?", text):
        return Decimal(re.sub(r"[.,]", "", text.removesuffix(",00")))
    return None


def sheet_revenue(installation: Installation, entity: str, month: Month) -> dict[str, Decimal]:
    """Return the readable amounts of a sheet by unit; of twins with one receipt only one."""
    path = installation.root / "source" / EVALUATION[entity].format(month.year)
    sheet = openpyxl.load_workbook(path, data_only=True)[SHEETS[month.number - 1]]
    header = {re.sub(r"[\s.]+", " ", str(c.value)).strip().upper(): c.column - 1 for c in sheet[6]}
    totals: dict[str, Decimal] = defaultdict(Decimal)
    seen: set[tuple] = set()
    for row in sheet.iter_rows(min_row=7, values_only=True):
        unit = str(row[header["TENANT"]] or "")
        amount = readable(row[header["JUMLAH"]])
        cells = row[1:17]
        if "NO KWITANSI" in header and cells in seen:
            continue
        seen.add(cells)
        code = UNIT_NAMES.get(unit, unit)
        if amount is not None and re.fullmatch(r"[A-Z_]{2,}", code) and isinstance(row[0], int):
            totals[code] += amount
    return dict(totals)


@pytest.mark.parametrize("entity", ["IONS", "EPN"])
@pytest.mark.parametrize("month", [Month(2025, 3), Month(2026, 2), Month(2026, 7), Month(2026, 10)])
def test_revenue_per_unit_is_the_sum_of_the_readable_amounts_in_the_sheet(
    built: Installation, entity: str, month: Month
) -> None:
    workspace = built.workspace
    with workspace.warehouse.reading() as connection:
        report = assembled(connection, workspace, entity, Period.of_month(month))
    reported = {
        code: unit.revenue.revenue_actuals
        for code, unit in report.units.items()
        if unit.revenue.revenue_actuals
    }
    assert reported == sheet_revenue(built, entity, month)
    assert report.totals.revenue.revenue_actuals == sum(reported.values())


def test_comparisons_and_shares_add_up(built: Installation) -> None:
    report = built.report("IONS", "2026-10")
    totals = report["totals"]["revenue"]
    trend = {point["month"]: point for point in totals["trend"]}
    assert list(trend)[-1] == "2026-10"
    assert len(trend) == 13
    assert totals["last_period"]["value"] == trend["2026-09"]["actuals"]
    assert totals["last_year"]["value"] == trend["2025-10"]["actuals"]
    assert totals["gap_to_target"] == totals["revenue_actuals"] - totals["revenue_target"]
    assert totals["best_year"]["value"] == max(
        trend["2026-10"]["actuals"], trend["2025-10"]["actuals"]
    )
    for unit in report["units"].values():
        programs = [row for row in unit["programs"] if row["customer_type"] == "all"]
        assert sum(row["revenue"] for row in programs) == unit["revenue"]["revenue_actuals"]
        by_type = unit["key_comparison"]["by_customer_type"].values()
        assert sum(kind["orders"]["value"] or 0 for kind in by_type) == (
            unit["key_comparison"]["orders"]["value"] or 0
        )
        shares = [
            row["contribution_pct"] for row in unit["channels"] if row["customer_type"] == "all"
        ]
        assert not shares or round(sum(shares), 2) == 100


@pytest.mark.parametrize(
    ("text", "before", "label"),
    [
        ("2026-Q2", "2026-Q1", "Kuartal ke-2 2026"),
        ("2026-02..2026-05", "2025-10..2026-01", "Februari–Mei 2026"),
        ("2025-11..2026-02", "2025-07..2025-10", "November 2025\u2009–\u2009Februari 2026"),
        ("2025", None, "2025"),
    ],
)
def test_a_longer_period_adds_its_months_up_and_counts_each_student_once(
    built: Installation, text: str, before: str | None, label: str
) -> None:
    workspace, period = built.workspace, Period.parse(text)
    with workspace.warehouse.reading() as connection:
        report = assembled(connection, workspace, "IONS", period)
        months = [
            assembled(connection, workspace, "IONS", Period.of_month(month))
            for month in period.months
        ]
        payers = dict(
            connection.execute(
                "SELECT unit_code, count(DISTINCT student_key) FROM intermediate.int_orders "
                "WHERE counts_as_revenue AND entity_code = 'IONS' AND month_key BETWEEN ? AND ? "
                "GROUP BY unit_code",
                [period.first.first_day, period.last.first_day],
            ).fetchall()
        )
        enrolled = dict(
            connection.execute(
                "SELECT (unit_code, product_name, customer_type)::VARCHAR, count(DISTINCT student_key)"
                " FROM intermediate.int_enrollments WHERE entity_code = 'IONS' "
                "AND month_key BETWEEN ? AND ? GROUP BY ALL",
                [period.first.first_day, period.last.first_day],
            ).fetchall()
        )
    assert (report.meta.period, report.meta.period_label) == (text, label)
    assert report.meta.months == [str(month) for month in period.months]
    assert report.totals.revenue.revenue_actuals == sum(
        r.totals.revenue.revenue_actuals for r in months
    )
    assert report.data_quality.rows == sum(r.data_quality.rows for r in months)
    assert (
        report.totals.revenue.last_period and report.totals.revenue.last_period.period
    ) == before
    for code, unit in report.units.items():
        parts = [month.units[code] for month in months]
        orders = [part.key_comparison.orders.value or 0 for part in parts]
        students = [part.key_comparison.students.value or 0 for part in parts]
        assert (unit.key_comparison.orders.value or 0) == sum(orders)
        assert (unit.key_comparison.students.value or 0) == payers.get(code, 0)
        assert payers.get(code, 0) <= sum(students)
        for row in unit.programs:
            if row.customer_type not in {"all", "unknown"}:
                key = f"({code}, {row.product_name}, {row.customer_type})"
                assert row.student_count == enrolled.get(key, 0)
        assert unit.revenue.trend[-1].month == str(period.last)
        assert sum(row.closings for row in unit.channels if row.customer_type == "all") == sum(
            row.closings for part in parts for row in part.channels if row.customer_type == "all"
        )
    assert sum(payers.values()) < sum(
        month.units[code].key_comparison.students.value or 0 for month in months for code in payers
    )


def test_a_period_with_a_month_that_is_missing_is_refused(built: Installation) -> None:
    workspace = built.workspace
    with (
        workspace.warehouse.reading() as connection,
        pytest.raises(ReportError, match=r"no data for 2026-11, 2026-12\. There are figures of"),
    ):
        assembled(connection, workspace, "IONS", Period.parse("2026-Q4"))


def test_every_row_is_valid_flagged_or_set_aside(built: Installation) -> None:
    for entity in ("IONS", "EPN"):
        quality = built.report(entity, "2026-10")["data_quality"]
        assert quality["rows"] == (
            quality["valid"] + sum(quality["flagged"].values()) + quality["duplicates"]
        )
        assert all(check["passed"] for check in quality["checks"] if check["is_blocking"])


def test_every_reconciliation_of_the_period_stands_in_the_report(built: Installation) -> None:
    """With both figures and how many pairs differ, also those that only warn."""
    workspace = built.workspace
    with workspace.warehouse.reading() as connection:
        found = reconciliations(connection, Scope(("EPN",), (Month(2026, 10),)))
    checks = built.report("EPN", "2026-10")["data_quality"]["checks"]
    assert {check["name"] for check in checks} == set(found)
    for name, pairs in found.items():
        told = [check for check in checks if check["name"] == name]
        assert sum(check["figures"] for check in told) == len(pairs)
        assert sum(check["differing"] for check in told) == sum(not p.passed for p in pairs)
        assert sum(check["expected"] for check in told) == sum(p.expected for p in pairs)
        assert sum(check["actual"] for check in told) == sum(p.actual for p in pairs)
    warned = [check for check in checks if not check["passed"]]
    assert warned  # the sample's own totals are wrong in places
    assert not any(check["is_blocking"] for check in warned)


def test_gaps_totals_and_last_years_closings_are_those_of_the_rows(built: Installation) -> None:
    workspace = built.workspace
    with workspace.warehouse.reading() as connection:
        report, year_before = (
            assembled(connection, workspace, "IONS", Period.parse(text))
            for text in ("2026-10", "2025-10")
        )
    seen = 0
    for code, unit in report.units.items():
        for row in unit.programs:
            if row.target_revenue is not None:
                assert row.gap_to_target == row.revenue - row.target_revenue
        schools = unit.schools
        for year in schools.years:
            counts = [schools.matrix[name][year] for name in schools.organizations]
            assert schools.totals[year] == sum(counts)
        before = {
            (row.channel_name, row.customer_type): row.closings
            for row in year_before.units[code].channels
        }
        for row in unit.channels:
            expected = before.get((row.channel_name, row.customer_type), 0)
            assert row.closings_last_year == expected
            assert row.delta_last_year == row.closings - expected
            seen += expected
    assert seen


def test_a_report_of_some_units_is_about_these_alone(built: Installation) -> None:
    workspace = built.workspace
    with workspace.warehouse.reading() as connection:
        whole, part = (
            assembled(connection, workspace, "IONS", Period.parse("2026-10"), units)
            for units in ((), ("TM", "ICA"))
        )
    assert (whole.meta.is_whole, part.meta.is_whole) == (True, False)
    assert list(part.units) == part.meta.scope == ["TM", "ICA"]
    for code, unit in part.units.items():
        assert unit == whole.units[code]
    revenue = [unit.revenue.revenue_actuals for unit in part.units.values()]
    assert (
        part.totals.revenue.revenue_actuals == sum(revenue) < whole.totals.revenue.revenue_actuals
    )
    targets = [unit.revenue.revenue_target or 0 for unit in part.units.values()]
    assert part.totals.revenue.revenue_target == sum(targets)


def test_a_month_without_data_names_the_months_that_have_some(built: Installation) -> None:
    workspace = built.workspace
    with (
        workspace.warehouse.reading() as connection,
        pytest.raises(
            ReportError,
            match=r"IONS has no data for 2024-05\. There are figures of 2025-01–2026-10\.",
        ),
    ):
        assembled(connection, workspace, "IONS", Period.parse("2024-05"))


def test_report_json_reads_back_as_the_same_report(built: Installation) -> None:
    text = (built.root / "output" / "monthly" / "EPN-2026-10.json").read_text(encoding="utf-8")
    assert Report.model_validate_json(text).model_dump_json(indent=2) + "\n" == text
