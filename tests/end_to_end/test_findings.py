"""What a person has to know about the workbooks: the summary of a build, and the list of findings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import openpyxl

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Installation

PERIOD = ("--entity", "EPN", "--period", "2026-01..2026-02")


def count(installation: Installation, query: str, *months: str) -> int:
    listed = ", ".join(f"'{month}'" for month in months)
    with installation.workspace.warehouse.reading() as connection:
        found = connection.execute(
            f"{query} WHERE entity_code = 'EPN' AND strftime(month_key, '%Y-%m') IN ({listed})"
        ).fetchone()
    assert found
    return found[0]


def test_each_finding_is_one_line_with_its_cell_and_remedy(built: Installation) -> None:
    findings = json.loads(built.atlas("findings", *PERIOD, "--json").stdout)
    assert len(findings) == count(
        built, "SELECT count(*) FROM intermediate.audit_flagged_rows", "2026-01", "2026-02"
    )
    assert findings
    lines = built.atlas("findings", *PERIOD).stdout.splitlines()
    assert len(lines) == len(findings)
    for finding, line in zip(findings, lines, strict=True):
        place = f"{finding['file']}, sheet {finding['sheet']}, {finding['cell']}"
        assert line.startswith(f"EPN {finding['month']}: {place}: ")
        assert re.fullmatch(r"[A-Z]+\d+", finding["cell"])
        assert finding["reason"]["what"]
        assert finding["reason"]["remedy"]
    everything = json.loads(built.atlas("findings", "--json").stdout)
    assert {finding["entity"] for finding in everything} == {"EPN", "IONS"}
    assert [f for f in everything if f in findings] == findings


def test_the_list_opens_cells_and_runs_no_formula(february: Installation, tmp_path: Path) -> None:
    path = february.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    workbook = openpyxl.load_workbook(path, data_only=True)
    sheet = workbook["FEBRUARI"]
    headers = {str(cell.value).strip(): cell.column for cell in sheet[6]}
    cell = sheet.cell(7, headers["SUMBER INFORMASI"])
    cell.value, cell.data_type = '=HYPERLINK("http://example.org")', "s"
    workbook.save(path)
    told = february.atlas("sync", "--entity", "EPN", "--period", "2026-02").stderr
    assert "unknown channel '=HYPERLINK(\"http://example.org\")': 1 row" in told
    out = tmp_path / "lists" / "findings.xlsx"
    out.parent.mkdir()
    assert february.atlas("findings", *PERIOD, "--out", str(out)).stdout.split() == [str(out)]
    shown = openpyxl.load_workbook(out).active
    rows = {row[5].value: row for row in shown.iter_rows(min_row=2)}
    found = rows[cell.value]
    assert found[5].data_type == "s"
    link = found[4].hyperlink
    assert (out.parent / unquote(link.target).replace("\\", "/")).resolve() == path
    assert link.location == f"'FEBRUARI'!{cell.coordinate}"


def test_the_list_never_replaces_a_workbook(built: Installation) -> None:
    path = built.root / "source" / "LAPORAN EVALUASI EPN 2026.xlsx"
    before = path.read_bytes()
    refused = built.atlas("findings", *PERIOD, "--out", str(path), status=2)
    assert "is among the workbooks" in refused.stderr
    assert path.read_bytes() == before


def test_a_build_ends_with_what_a_person_has_to_know(february: Installation) -> None:
    month = ("--entity", "EPN", "--period", "2026-02")
    done = february.atlas("validate", *month)
    valid, flagged = (
        count(february, f"SELECT sum({rows})::bigint FROM intermediate.audit_sheets", "2026-02")
        for rows in ("rows_valid", "rows_flagged")
    )
    assert f"EPN 2026-02: {valid:,} rows valid, {flagged:,} flagged, 0 set aside" in done.stderr


def test_what_was_never_checked_has_no_findings(installation: Installation) -> None:
    told = installation.atlas("findings", status=1).stderr
    assert "There is no data" in told
    assert "atlas build" in told
