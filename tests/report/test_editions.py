"""Editions of a report: the one before is kept, and what differs is listed with the rows behind it."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Installation
from hypothesis import given
from hypothesis import strategies as st

from atlas_assets.errors import ReportError
from atlas_assets.report.assemble import edition
from atlas_assets.report.editions import compare
from atlas_assets.report.files import ReportFiles, kept_edition, read_report
from atlas_assets.report.model import Report, Source


@pytest.fixture(scope="module")
def report(built: Installation) -> Report:
    return read_report(built.root / "output" / "monthly" / "EPN-2026-10.json")


def corrected(report: Report, amount: int = 1_000_000) -> Report:
    """Return a later edition with a larger revenue, from another row of its first sheet."""
    revenue = report.totals.revenue
    more = revenue.model_copy(update={"revenue_actuals": revenue.revenue_actuals + amount})
    totals = report.totals.model_copy(update={"revenue": more})
    first, *others = report.meta.sources
    row = next(iter(first.row_digests))
    digests = {**first.row_digests, row: "00000000"}
    sources = [first.model_copy(update={"row_digests": digests}), *others]
    meta = report.meta.model_copy(update={"sources": sources})
    made = report.model_copy(update={"totals": totals, "meta": meta})
    return made.model_copy(update={"meta": made.meta.model_copy(update={"edition": edition(made)})})


def test_the_edition_before_is_kept_and_compared(report: Report, tmp_path: Path) -> None:
    files = ReportFiles(tmp_path)
    path = files.write(report)
    first = path.read_bytes()
    assert files.write(report) == path
    assert path.read_bytes() == first
    assert not kept_edition(path).exists()
    later = corrected(report)
    files.write(later)
    told = read_report(path)
    assert kept_edition(path).read_bytes() == first
    assert told.meta.previous_edition == report.meta.edition
    assert told.changes
    (figure,) = told.changes.figures
    assert figure.path == "totals.revenue.revenue_actuals"
    assert figure.delta == Decimal(1_000_000)
    (sheet,) = told.changes.sheets
    row = int(next(iter(report.meta.sources[0].row_digests)))
    assert (sheet.gone, sheet.new) == ([row], [row])
    second = path.read_bytes()
    files.write(later)  # the same figures again: what they replaced stays known
    assert path.read_bytes() == second
    files.write(report)
    assert kept_edition(path).read_bytes() == second


def test_a_file_of_an_earlier_version_is_replaced_and_not_compared(
    report: Report, tmp_path: Path
) -> None:
    files = ReportFiles(tmp_path)
    path = files.path_of(report, "json")
    path.parent.mkdir()
    path.write_text(json.dumps({"schema_version": "1.0"}), encoding="utf-8")
    files.write(report)
    assert read_report(path).changes is None
    assert not kept_edition(path).exists()


def with_rows(report: Report, digests: list[str], first: int = 7) -> Report:
    rows = {str(number): digest for number, digest in enumerate(digests, start=first)}
    source = Source(file="A.xlsx", sheet="JAN", hash="x", rows=len(rows), row_digests=rows)
    return report.model_copy(update={"meta": report.meta.model_copy(update={"sources": [source]})})


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("abc", "abc", [], []),
        ("abc", "xabc", [], [7]),  # a row was inserted above the others
        ("abc", "ac", [8], []),
        ("abc", "axc", [8], [8]),
        ("aab", "ab", [8], []),  # one of two alike
        ("abc", "cba", [], []),  # sorted in another way
    ],
)
def test_rows_are_recognised_by_their_content(
    report: Report, before: str, after: str, gone: list[int], new: list[int]
) -> None:
    changes = compare(with_rows(report, list(before)), with_rows(report, list(after)))
    found = [(sheet.gone, sheet.new) for sheet in changes.sheets]
    assert found == ([(gone, new)] if gone or new else [])


def test_reports_of_different_things_are_no_editions(report: Report) -> None:
    other = report.model_copy(update={"meta": report.meta.model_copy(update={"period": "2026-09"})})
    told = "These are reports of EPN 2026-10 in IDR and of EPN 2026-09 in IDR"
    with pytest.raises(ReportError, match=told):
        compare(report, other)


def test_figures_of_the_same_name_are_told_apart(report: Report) -> None:
    """Every check of the funnel, of which there are several."""
    for at, check in enumerate(report.data_quality.checks):
        checks = [*report.data_quality.checks]
        checks[at] = check.model_copy(update={"differing": check.differing + 5})
        quality = report.data_quality.model_copy(update={"checks": checks})
        changes = compare(report, report.model_copy(update={"data_quality": quality}))
        assert [figure.delta for figure in changes.figures] == [5]


@given(st.lists(st.sampled_from("abcde")), st.lists(st.sampled_from("abcde")))
def test_as_many_rows_are_new_as_there_are_more(
    report: Report, before: list[str], after: list[str]
) -> None:
    changes = compare(with_rows(report, before), with_rows(report, after))
    gone = sum(len(sheet.gone) for sheet in changes.sheets)
    new = sum(len(sheet.new) for sheet in changes.sheets)
    assert new - gone == len(after) - len(before)
    assert (gone == new == 0) is (sorted(before) == sorted(after))
