"""One month from a workbook, from text files, and from Odoo, workbook and text: the figures are the same."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from conftest import Installation
from odoo_school import KEY_VARIABLE, configuration, enroll, source
from odoo_server import Odoo, running

from atlas_assets.operational.models.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MARTS = [
    *("mart_revenue", "mart_program_progress", "mart_channel_marketing", "mart_school_progress"),
    *("mart_students", "mart_targets"),
]
PROVENANCE = {"source_file", "source_sheet", "source_row", "source_hash", "loaded_at", "created_at"}


@dataclass(frozen=True)
class Payment:
    """A row of the transactions, with the names of the columns."""

    transaction_date: str
    student_name: str
    amount: int
    product_name: str = "Privat Matematika"
    unit: str = "PRIVAT"
    channel: str = "Website"
    intake: str = "2026-02-01"
    payment_method: str = "Transfer"
    organization_name: str | None = None
    organization_level: str | None = None
    receipt_number: str = ""


PAYMENTS = [
    Payment(
        "2026-02-02", "Ani Lestari", 750_000, organization_name="SMA 1", organization_level="SMA"
    ),
    Payment("2026-02-03", "Budi", 1_250_000, "Bimbel SMA", "BIMBEL", "Brosur"),
    Payment("2026-02-03", "Citra", 500_000, organization_name="SMP 2", organization_level="SMP"),
    Payment(
        "2026-02-10", "Ani Lestari", 250_000, organization_name="SMA 1", organization_level="SMA"
    ),
    Payment("2026-02-11", "Dewi", 400_000, "Try Out UTBK", "TRY OUT", "Radio"),
    Payment("2026-02-28", "Eko", 825_000, intake="2026-03-01", payment_method="Tunai"),
]
PAYMENTS = [
    Payment(**{**asdict(p), "receipt_number": f"{prefix}.26.02.{number:04}"})
    for number, p in enumerate(PAYMENTS, 1)
    for prefix in [{"PRIVAT": "PV", "BIMBEL": "BB", "TRY OUT": "TO"}[p.unit]]
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "transactions": [asdict(payment) for payment in PAYMENTS],
    "students": [
        {
            "student_name": "Ani Lestari",
            "unit": "PRIVAT",
            "student_number": "26001",
            "intake": "2026-02-01",
        },
        {
            "student_name": "Budi",
            "unit": "BIMBEL",
            "student_number": "26002",
            "intake": "2026-02-01",
        },
        {
            "student_name": "Fitri",
            "unit": "PRIVAT",
            "student_number": "26003",
            "intake": "2026-02-01",
        },
    ],
    "targets": [
        {
            "unit": "PRIVAT",
            "product_name": "Privat Matematika",
            "target_students": 4,
            "target_revenue": 3_000_000,
        },
        {
            "unit": "BIMBEL",
            "product_name": "Bimbel SMA",
            "target_students": 2,
            "target_revenue": 2_000_000,
        },
    ],
}


def write_workbook(path: Path, table: str) -> None:
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet(table)
        for number, row in enumerate(lines(table)):
            sheet.write_row(number, 0, row)


def write_text(path: Path, table: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines(table))


def lines(table: str) -> Iterator[Sequence[Any]]:
    """Yield header and rows, and under the transactions a total, because Odoo tells one, too."""
    rows = ROWS[table]
    yield list(rows[0])
    yield from (list(row.values()) for row in rows)
    if table == "transactions":
        yield [None, "TOTAL", sum(row["amount"] for row in rows)]


def in_file(table: str) -> dict[str, Any]:
    """Return where a table is, whose headers are the names of its columns."""
    return {
        "workbook": table,
        "sheets": {2: table},
        "header_row": 1,
        "columns": {name: name for name in ROWS[table][0]},
    }


@pytest.fixture
def odoo() -> Iterator[Odoo]:
    """An Odoo with the payments; of another company and another month, too."""
    odoo = Odoo()
    enroll(odoo, "2026-02-03", "Somebody", 9.0, company=2)
    enroll(odoo, "2026-01-31", "Earlier", 9.0)
    for payment in PAYMENTS:
        enroll(
            odoo,
            payment.transaction_date,
            payment.student_name,
            float(payment.amount),
            programs=(payment.product_name,),
            school=payment.organization_name,
            level=payment.organization_level or "",
            unit=payment.unit,
            channel=payment.channel,
            intake=payment.intake,
            memo=payment.receipt_number,
            journal_id=[6, payment.payment_method],
        )
    odoo.delete(
        "account.payment", 2
    )  # so that the months before are as empty as those of the files
    with running(odoo):
        yield odoo


@dataclass(frozen=True)
class School(Installation):
    """An installation that knows the key of its Odoo."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {KEY_VARIABLE: "KEY"}


def built(root: Path, parsed: Path, kinds: dict[str, str], *sources: dict[str, Any]) -> School:
    """Build February with tables in files of some kinds, and in sources."""
    made, files = School(root), {t: f"{t}.{kind}" for t, kind in kinds.items()}
    tables = {table: in_file(table) for table in kinds}
    configuration(root / "source", *sources, workbooks=files, tables=tables)
    for table, name in files.items():
        write = write_workbook if name.endswith("xlsx") else write_text
        write(root / "source" / name, table)
    shutil.copytree(parsed, made.settings.dbt_target_dir)
    made.atlas_process("build", "--entity", "EPN", "--period", "2026-02")
    return made


def figures(made: Installation) -> dict[str, Any]:
    """Return every mart, the report and every operational record, without where they come from."""
    report = made.report("EPN", "2026-02")
    places = ("sources", "generated_at", "edition")  # the edition is a digest of the sources too
    report["meta"] = {k: v for k, v in report["meta"].items() if k not in places}
    checks = report["data_quality"]["checks"]  # of which one counts the rows of sheets, with totals
    report["data_quality"]["checks"] = [c for c in checks if c["name"] != "sheet_rows_read"]
    with made.workspace.warehouse.reading() as connection:
        marts = {name: connection.table(f"marts.{name}").pl() for name in MARTS}
    with made.workspace.store.reader() as connection:
        records = {
            name: connection.execute(
                sa.select(*(c for c in table.columns if c.name not in PROVENANCE)).order_by(
                    sa.text("1, 2")
                )
            ).all()
            for name, table in Base.metadata.tables.items()
        }
    return {
        "report": report,
        "marts": {
            name: sorted(frame.drop(PROVENANCE, strict=False).rows(), key=repr)
            for name, frame in marts.items()
        },
        "records": records,
    }


@pytest.mark.slow
def test_a_month_has_the_same_figures_from_every_source(
    odoo: Odoo, tmp_path: Path, parsed_models: Path
) -> None:
    workbook = built(tmp_path / "a", parsed_models, dict.fromkeys(ROWS, "xlsx"))
    text = built(tmp_path / "b", parsed_models, dict.fromkeys(ROWS, "csv"))
    mixed = built(
        tmp_path / "c", parsed_models, {"students": "xlsx", "targets": "csv"}, source(odoo.url)
    )
    expected = figures(workbook)
    assert expected["report"]["totals"]["revenue"]["revenue_actuals"] == sum(
        p.amount for p in PAYMENTS
    )
    assert figures(text) == expected
    assert figures(mixed) == expected

    host = odoo.url.removeprefix("http://")
    sources = mixed.report("EPN", "2026-02")["meta"]["sources"]
    assert [(s["file"], s["sheet"]) for s in sources] == [
        (host, "account.payment"),
        ("students.xlsx", "students"),
        ("targets.csv", "targets"),
    ]
    told = mixed.atlas("findings", "--entity", "EPN").stdout
    unknown = next(
        p for p in range(20) if odoo.records["account.payment"].get(p, {}).get("amount") == 4e5
    )
    path = "reconciled_invoice_ids.invoice_line_ids.sale_line_ids.order_id.source_id"
    assert f"{host}, account.payment, id {unknown}, {path}: 'Radio'." in re.sub(r"\s+", " ", told)
    validation = json.loads(
        (mixed.root / "output" / "validation" / "EPN-2026-validation.json").read_text("utf-8")
    )
    assert validation["unknown_words"][0]["first_place"].startswith(f"{host}, account.payment, id ")
    assert "KEY" not in json.dumps(validation).replace(KEY_VARIABLE, "")
