"""Every page shows the figures of report.json for the same scope, and leads to what they are made of."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import openpyxl
import pytest
from dashboard_pages import ROUTES, links, number_in, shown_figures

from atlas_assets.dashboard.site import OF_REPORTS
from atlas_assets.periods.calendar import Period
from atlas_assets.report.assemble import assemble
from atlas_assets.report.figures import figures

if TYPE_CHECKING:
    from decimal import Decimal

    from conftest import Installation
    from dashboard_server import Served

    from atlas_assets.configuration.configuration import Configuration

SCALES = (1, 10**3, 10**6, 10**9, 10**12)  # units of money
PERIODS = ["2026-10", "2025-03", "2026-Q2", "2025", "2026-01..2026-10", "2026-02..2026-04"]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("path", ROUTES)
def test_every_page_answers_in_both_languages(
    open_server: Served, path: str, language: str
) -> None:
    answer = open_server.get(f"{path}?entity=IONS&period=2026-10&lang={language}")
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    other = "Overview" if language == "id" else "Ringkasan"
    assert other not in answer.text.replace("English", "")


def is_told(text: str, value: Decimal | int) -> bool:
    """Return whether a text tells a value: in a unit of money, rounded to the decimals that it shows."""
    told = number_in(text)
    if told is None:
        return True
    shown, decimals = told
    step = 0.5 * 10**-decimals + 1e-6
    return any(abs(float(value) / scale - shown) <= step for scale in SCALES)


def compared_figures(
    served: Served, configuration: Configuration, entity: str, period: Period, *, of_unit: bool
) -> int:
    """Compare every figure on the pages of reports with the report; return how many there are."""
    with served.installation.workspace.warehouse.reading() as warehouse:
        report = assemble(warehouse, configuration.registry, entity, period, locale="id")
    known = dict(figures(report))
    seen = 0
    for path in OF_REPORTS:
        for unit in ("", report.meta.scope[0])[: 1 + of_unit]:
            html = served.get(f"{path}?entity={entity}&period={period}&unit={unit}&lang=id").text
            for place, text in shown_figures(html):
                seen += 1
                assert is_told(text, known[place]), (path, period, place, text, known[place])
    return seen


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("entity", ["IONS", "EPN"])
def test_every_figure_on_a_page_is_the_reports(
    open_server: Served, configuration: Configuration, entity: str, period: str
) -> None:
    assert (
        compared_figures(open_server, configuration, entity, Period.parse(period), of_unit=True)
        > 300
    )


@pytest.mark.slow
@pytest.mark.parametrize("entity", ["IONS", "EPN"])
def test_every_figure_of_every_period_is_the_reports(
    open_server: Served, configuration: Configuration, entity: str
) -> None:
    offered = re.findall(
        r'<option value="(\d{4}[^"]*)"', open_server.get(f"/?entity={entity}").text
    )
    assert len(offered) >= 60  # months, quarters, years, and years to date
    for period in offered:
        assert (
            compared_figures(
                open_server, configuration, entity, Period.parse(period), of_unit=False
            )
            > 150
        )


def test_from_a_bar_to_its_cell_the_figure_stays_the_same(
    open_server: Served, built: Installation
) -> None:
    """Overview → what a column is made of → the row of a receipt, which is what the workbook has."""
    overview = open_server.get("/?entity=IONS&period=2026-10").text
    column = next(
        href for href, _ in links(overview) if "figure=units.TM.revenue.trend.12.actuals" in href
    )
    traced = open_server.get(column)
    assert traced.status_code == 200
    total = built.report("IONS", "2026-10")["units"]["TM"]["revenue"]["revenue_actuals"]
    records = open_server.get(f"{column}&table=records&format=json").json()
    assert sum(record["Nilai"] for record in records[:-1]) == total == records[-1]["Nilai"]
    cell, text = next((href, text) for href, text in links(traced.text) if "/rows/" in href)
    row = open_server.get(cell).text
    query = parse_qs(urlsplit(cell).query)
    sheet = openpyxl.load_workbook(built.root / "source" / query["file"][0], data_only=True)[
        query["sheet"][0]
    ]
    number = urlsplit(cell).path.rsplit("/", 1)[1]
    assert any(f"{c.column_letter}{number}" in row for c in sheet[int(number)])
    assert str(int(text.replace(".", ""))) in row


def test_a_table_can_be_taken_along_in_three_formats(open_server: Served) -> None:
    address = "/programs?entity=IONS&period=2026-10&table=programs_TM&lang=en&format="
    as_json = open_server.get(f"{address}json").json()
    text = open_server.get(f"{address}csv").content.decode("utf-8-sig")
    as_csv = list(csv.DictReader(io.StringIO(text)))
    book = openpyxl.load_workbook(io.BytesIO(open_server.get(f"{address}xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row["Program"] for row in as_json] == [row["Program"] for row in as_csv]
    assert [row["Program"] for row in as_json] == [row[0] for row in rows[1:]]
    assert [*as_json[0]] == [*as_csv[0]] == list(rows[0])  # and no column of drawings
    assert [row["AC"] for row in as_json] == [float(row["AC"]) for row in as_csv]
    assert open_server.get(f"{address}exe").status_code == 404
    assert open_server.get("/programs?entity=IONS&table=nothing&format=csv").status_code == 404


def test_a_list_is_searched_filtered_sorted_and_paged(open_server: Served) -> None:
    def listed(**parameters: str) -> list[dict]:
        named = {f"students.{name}": value for name, value in parameters.items()}
        query = urlencode({"entity": "IONS", "lang": "en", **named})
        answer = open_server.get(f"/students?{query}&table=students&format=json")
        return answer.json()

    everybody = listed()
    assert len(everybody) > 30
    names = [row["Student"] for row in everybody]
    assert names == sorted(names)
    assert [row["Student"] for row in listed(sort="-name")] == sorted(names, reverse=True)
    school = next(row["School"] for row in everybody if row["School"])
    of_school = listed(organization=school)
    assert of_school == [row for row in everybody if row["School"] == school]
    word = names[0].split()[0]
    assert listed(q=word.lower()) == [
        row for row in everybody if word.lower() in " ".join(map(str, row.values())).lower()
    ]
    assert listed(q="%") == []
    address = "/trace?entity=IONS&period=2026-10&figure=totals.ytd.actuals&lang=en"
    count = len(open_server.get(f"{address}&table=records&format=json").json()) - 1  # the sum
    assert count > 200
    assert f"101–200 / {count}" in open_server.get(f"{address}&records.page=2").text
    assert f"1–100 / {count}" in open_server.get(f"{address}&records.page=-7").text


def test_search_finds_people_schools_and_receipts(open_server: Served) -> None:
    def found(wanted: str) -> list[dict]:
        query = urlencode({"entity": "IONS", "lang": "en", "q": wanted})
        return open_server.get(f"/search?{query}&table=found&format=json").json()

    assert {row["Kind"] for row in found("SMA")} >= {"Organization"}
    receipts = found("TM.026.10")
    assert receipts
    assert {row["Kind"] for row in receipts} == {"Receipt"}
    assert found("x") == []


def test_a_file_of_a_report_is_the_written_one(open_server: Served, built: Installation) -> None:
    answer = open_server.get("/reports/monthly/IONS-2026-10.json?entity=IONS")
    path = built.root / "output" / "monthly" / "IONS-2026-10.json"
    assert answer.content == path.read_bytes()
    for name in ("IONS-2026-10.exe", "..%2F..%2Fwarehouse.db", "EPN-2026-10.json", "previous"):
        assert open_server.get(f"/reports/monthly/{name}?entity=IONS").status_code == 404


def test_a_month_without_data_says_what_to_do(open_server: Served) -> None:
    answer = open_server.get("/revenue?entity=EPN&period=2027-09&lang=en")
    assert answer.status_code == 404
    assert "No data for EPN 2027-09 yet" in answer.text
    assert "atlas build --entity EPN --period 2027-09" in answer.text


def test_a_year_that_has_begun_leads_to_its_months(open_server: Served) -> None:
    answer = open_server.get("/revenue?entity=IONS&period=2026&lang=en")
    assert answer.status_code == 404
    href, text = next(link for link in links(answer.text) if "period=2026-01..2026-10" in link[0])
    assert text == "January – October 2026"
    assert open_server.get(href).status_code == 200


def test_months_of_which_nothing_is_known_have_no_findings_either(open_server: Served) -> None:
    assert open_server.get("/findings?entity=IONS&period=2031-01").status_code == 404


@pytest.mark.parametrize(
    ("language", "told"), [("en", "There is no such page."), ("id", "Halaman ini tidak ada.")]
)
def test_an_address_that_leads_nowhere_leads_back(
    open_server: Served, language: str, told: str
) -> None:
    for path in ("/nowhere", "/?entity=NOBODY", "/reports/monthly/x.json"):
        answer = open_server.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status_code == 404
        assert told in answer.text
        assert (f"/?lang={language}", "Overview" if language == "en" else "Ringkasan") in links(
            answer.text
        )


def test_another_entity_can_be_chosen_on_the_page_of_a_record(open_server: Served) -> None:
    students = open_server.get("/students?entity=IONS").text
    student = next(href for href, _ in links(students) if href.startswith("/students/"))
    assert '<form method="get" action="/students" data-at-once' in open_server.get(student).text


def test_a_page_is_sent_once_until_something_changes(open_server: Served) -> None:
    address = "/revenue?entity=IONS&period=2026-10"
    first = open_server.get(address)
    again = open_server.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Content-Encoding"] == "gzip"


def test_health_tells_the_age_of_the_data(open_server: Served) -> None:
    told = open_server.get("/healthz").json()
    assert told["status"] == "ok"
    assert told["loaded_at"].startswith("20")
