"""What is wrong with the workbooks, for the administrator: each finding with its cell, effect and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Facts, Page, Text
from atlas_assets.dashboard.parts.cells import PERSONAL, row_address
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.dashboard.parts.open_orders import open_orders
from atlas_assets.deck.commentary import Commentary
from atlas_assets.deck.exhibits.changes import change_exhibit
from atlas_assets.deck.slide_writer import SlideWriter
from atlas_assets.documents.sql_text import sql_text
from atlas_assets.errors import ReportError
from atlas_assets.monitoring.deadlines import deadline
from atlas_assets.notation.numbers import percent
from atlas_assets.notation.strings import period_label
from atlas_assets.report.files import read_report
from atlas_assets.report.identifiers import person_id
from atlas_assets.validation.findings import findings_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block, Table


def findings(context: Context) -> Page:
    """Return the findings of the period's months, and what else an administrator looks after.

    Raises ReportError for months of which nothing is known.
    """
    strings, view = context.strings, context.view
    found = _findings(context)
    if not found and not set(view.period.months) & set(context.build.months(view.entity)):
        raise ReportError(f"{view.entity} has no month of {view.period}.")
    blocks: list[Block] = [
        _state(context),
        _list(context, found),
        open_orders(context),
        _duplicates(context),
        *_changes(context),
    ]
    count = context.count(len(found))
    period = period_label(view.period, view.language)
    message = strings("web_findings_told", count=count, period=period)
    return Page(strings("web_findings"), message, blocks)


def _findings(context: Context) -> list[dict[str, Any]]:
    with context.build.warehouse() as connection:
        connection.execute("USE atlas.intermediate")
        found = findings_in(connection, context.view.entity, context.view.period, context.strings)
    # Sheets that could not be read are in no snapshot, but on the machine of the pipeline.
    refused = context.workspace.findings.refused(context.view.entity, context.view.period)
    return [
        {
            "place": f"{finding.file}, {finding.sheet}" if finding.file else None,
            "cell": finding.cell,
            "content": context.personal(finding.content)
            if finding.column in PERSONAL
            else finding.content,
            "what": finding.reason.what,
            "effect": finding.reason.effect,
            "remedy": " ".join(filter(None, (finding.reason.remedy, finding.nearest))),
            "severity": context.word("severity", finding.severity),
            "amount": finding.amount,
            "month": finding.month,
            "source": (
                finding.table,
                finding.month,
                (finding.file, finding.sheet, finding.row),
                finding.column,
            ),
        }
        for finding in (*refused, *found)
    ]


def _list(context: Context, found: list[dict[str, Any]]) -> Table:
    strings = context.strings

    def opened(finding: dict[str, Any]) -> str | None:
        table, month, place, column = finding["source"]
        if not table:
            return None
        return row_address(context, table, f"{month}-01", place, column or "")

    columns = [
        ListColumn("place", strings("sheet"), facet=True),
        ListColumn("cell", strings("web_cell"), href=opened),
        ListColumn("content", strings("web_content")),
        ListColumn("what", strings("web_finding"), facet=True),
        ListColumn("effect", strings("web_effect")),
        ListColumn("remedy", strings("web_remedy")),
        ListColumn("severity", strings("web_severity"), facet=True),
        ListColumn("amount", strings("web_amount"), number=context.money),
    ]
    return Listing(context, "findings", strings("web_findings"), columns).table(found)


def _duplicates(context: Context) -> Table:
    """Return the people who may be one and the same."""
    strings, entity = context.strings, context.view.entity

    def opened(key: str) -> Callable[[dict[str, Any]], str]:
        return lambda row: context.view.at(f"/students/{person_id(entity, row[key])}")

    def alike(value: Decimal) -> str:
        return percent(value, context.view.language)

    columns = [
        ListColumn("normalized_name", strings("web_student"), href=opened("normalized_name")),
        ListColumn(
            "other_normalized_name",
            strings("web_perhaps_also"),
            href=opened("other_normalized_name"),
        ),
        ListColumn("shares", strings("web_shares"), facet=True),
        ListColumn("similarity", strings("web_similarity"), number=alike),
    ]
    rows = context.build.query(sql_text("dashboard", "duplicates"), {"entity": entity})
    for row in rows:
        row["shares"] = context.word("shares", row["shares"])
    return Listing(context, "duplicates", strings("web_duplicates"), columns).table(rows)


def _changes(context: Context) -> list[Block]:
    """Return what differs from the edition before, if this machine has the written report."""
    files = context.workspace.report_files
    path = files.path(context.view.entity, context.view.period, "json")
    try:
        changes = read_report(path).changes
        report = context.report.model_copy(update={"changes": changes})
    except (ReportError, FileNotFoundError):
        return []
    exhibit = change_exhibit(SlideWriter(report, context.strings, Commentary()))
    return [exhibits.table(context, "changes", exhibit)] if exhibit else []


def _state(context: Context) -> Facts:
    """Return how fresh the data are, what comes next, and where the runs are."""
    strings, entity = context.strings, context.view.entity
    address = context.workspace.settings.ui_address
    facts = [(strings("web_runs"), Text("Dagster", href=f"{address}/assets"))]
    if months := context.build.months(entity):
        following = months[-1].plus(1)
        closes = deadline(context.build.registry.calendar, following, "present")
        facts += [
            (strings("web_newest_month"), Text(str(months[-1]))),
            (strings("web_loaded_at"), Text(f"{context.build.loaded_at(entity)} UTC")),
            (strings("web_next_close"), Text(f"{following}: {closes:%Y-%m-%d %H:%M}")),
        ]
    return Facts(strings("web_state"), facts)
