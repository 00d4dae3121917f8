"""A school that keeps its payments in Odoo: the yearly file that reads them, and records made for tests."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import yaml
from conftest import CONFIG_DIR
from pydantic import SecretStr

from atlas_assets.configuration.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

    from odoo_server import Odoo

KEY_VARIABLE = "SCHOOL_ODOO_KEY"
LINE = "reconciled_invoice_ids.invoice_line_ids"
ORDER = f"{LINE}.sale_line_ids.order_id"
TRANSACTIONS: dict[str, Any] = {
    "model": "account.payment",
    "date": "date",
    "domain": [["payment_type", "=", "inbound"], ["state", "in", ["in_process", "paid"]]],
    "columns": {
        "date": "transaction_date",
        "memo": "receipt_number",
        "partner_id.name": "student_name",
        "partner_id.parent_id.name": "organization_name",
        "partner_id.x_level": "organization_level",
        "journal_id": "payment_method",
        "amount": "amount",
        f"{LINE}.product_id.name": "product_name",
        f"{ORDER}.team_id": "unit",
        f"{ORDER}.source_id": "channel",
        f"{ORDER}.x_intake": "intake",
    },
}
SETTLED = "2026-03-01 08:00:00"  # when records were written, long ago


def secret(_name: str) -> SecretStr:
    """Return the key, whatever variable it is asked for by."""
    return SecretStr("KEY")


def source(url: str, /, **changes: Any) -> dict[str, Any]:
    """Return the source of the yearly file; `changes` replace what it says."""
    tables = {"transactions": TRANSACTIONS}
    odoo = {"kind": "odoo", "url": url, "key_variable": KEY_VARIABLE, "companies": [1]}
    return {**odoo, "tables": tables} | changes


def configuration(folder: Path, *sources: dict[str, Any], **other: Any) -> Configuration:
    """Return a configuration whose EPN has one year, 2026, with some sources."""
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    for name in ("registry.yaml", "strings.yaml"):
        shutil.copy(CONFIG_DIR / name, config / name)
    year = {"entity": "EPN", "year": 2026, **other, "sources": list(sources)}
    text = yaml.safe_dump(year, sort_keys=False, allow_unicode=True)
    (config / "epn-2026.yaml").write_text(text, "utf-8")
    return Configuration(config)


def enroll(
    odoo: Odoo,
    day: str,
    student: str,
    amount: float,
    *,
    company: int = 1,
    programs: tuple[str, ...] = ("Privat Matematika",),
    school: str | None = None,
    level: str = "SMA",
    unit: str = "PRIVAT",
    channel: str = "Website",
    intake: str = "2026-02-01",
    written: str = SETTLED,
    **payment: Any,
) -> int:
    """Let a student order programs, get an invoice and pay it; return the id of the payment."""
    for model, number in (("crm.team", 1), ("utm.source", 1), ("account.journal", 6)):
        odoo.add(model, written, id=number)
    parent = odoo.add("res.partner", written, name=school) if school else None
    partner = odoo.add(
        "res.partner",
        written,
        name=student,
        x_level=level if school else False,
        parent_id=[parent, school] if parent else False,
    )
    order = odoo.add(
        "sale.order",
        written,
        name="S1",
        team_id=[1, unit],
        source_id=[1, channel],
        x_intake=intake,
    )
    move = odoo.add("account.move", written, name="INV/1", company_id=[company, "C"])
    lines: list[int] = []
    for program in programs:
        product = odoo.add("product.product", written, name=program)
        sold = odoo.add("sale.order.line", written, order_id=[order, "S1"])
        lines.append(
            odoo.add(
                "account.move.line",
                written,
                move_id=[move, "INV/1"],
                product_id=[product, program],
                sale_line_ids=[sold],
            )
        )
    owed = odoo.add(
        "account.move.line", written, move_id=[move, "INV/1"], display_type="payment_term"
    )
    odoo.write("account.move", move, written, invoice_line_ids=[*lines, owed])
    return odoo.add(
        "account.payment",
        written,
        **{
            "name": "PBNK1",
            "partner_id": [partner, student],
            "date": day,
            "state": "paid",
            "payment_type": "inbound",
            "amount": amount,
            "currency_id": [1, "IDR"],
            "company_id": [company, "C"],
            "journal_id": [6, "Bank"],
            "memo": f"PV.{day[2:4]}.{day[5:7]}.{len(odoo.records.get('account.payment', {})) + 1:04}",
            "reconciled_invoice_ids": [move],
            **payment,
        },
    )
