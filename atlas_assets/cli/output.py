"""Prints results to standard output, as text or JSON, and everything else to standard error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from atlas_assets.warehouse.ledger import STAGES

if TYPE_CHECKING:
    from decimal import Decimal

    from atlas_assets.cli.overview import Overview
    from atlas_assets.cli.result import Result
    from atlas_assets.report.model import ChangedSheet, ChangesSection
    from atlas_assets.validation.findings import Finding

# Nothing in a message is markup or the name of an emoji: it can quote any cell or name.
messages = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)
_NARROWEST = 80  # columns; a narrower table would say nothing
_COLORS = {"fresh": "green", "stale": "yellow", "failed": "red", "missing": "dim"}


def show_result(result: Result, *, as_json: bool) -> None:
    """Print the result of a command; exit with status 1 if a run failed."""
    if as_json:
        print(json.dumps(result.as_dict(), indent=2))
    else:
        for line in (*result.changes, *result.findings, *result.files):
            print(line)
    for line in result.summary:
        messages.print(line)
    for problem in result.problems:
        messages.print(problem, style="red")
    if result.problems:
        messages.print("Earlier reports and records are unchanged.")
        raise typer.Exit(1)


def show_plan(lines: list[str], *, as_json: bool) -> None:
    """Print what a command would run."""
    if as_json:
        print(json.dumps({"plan": lines}, indent=2, ensure_ascii=False))
        return
    for line in lines:
        print(line)


def show_findings(findings: list[Finding], *, as_json: bool) -> None:
    """Print one line for each finding, or all as JSON."""
    if as_json:
        found = [{**vars(finding), "reason": finding.reason._asdict()} for finding in findings]
        print(json.dumps(found, indent=2, ensure_ascii=False, default=str))
        return
    for finding in findings:
        print(finding.message())


def show_changes(changes: ChangesSection, *, as_json: bool) -> None:
    """Print every figure and row that differs between two editions of a report."""
    if as_json:
        print(changes.model_dump_json(indent=2))
        return
    for figure in changes.figures:
        delta = "" if figure.delta is None else f" ({figure.delta:+,})"
        print(f"{figure.path}: {_shown(figure.before)} → {_shown(figure.after)}{delta}")
    for sheet in changes.sheets:
        print(f"{sheet.file}, sheet {sheet.sheet.strip()!r}: {_rows_of(sheet)}")
    if not changes.figures:
        messages.print("No figure differs.")
    elif not changes.sheets:
        messages.print(
            "The rows of the report's own months are the same: a sheet of an earlier month, the "
            "registry, a target or a rule has changed."
        )


def _shown(value: Decimal | None) -> str:
    return "none" if value is None else f"{value:,}"


def _rows_of(sheet: ChangedSheet) -> str:
    parts = {"new or changed": sheet.new, "gone or as they were": sheet.gone}
    return "; ".join(
        f"rows {', '.join(map(str, rows))} {what}" for what, rows in parts.items() if rows
    )


def show_overview(overview: Overview, *, as_json: bool) -> None:
    """Print the state of everything on one screen, or each month as JSON."""
    if as_json:
        print(json.dumps(overview.as_dict(), indent=2))
        return
    console = Console(highlight=False)
    console.width = max(console.width, _NARROWEST)
    table = Table("entity", "months", *STAGES, box=None, pad_edge=False, padding=(0, 1))
    for entity, months, states in overview.rows:
        cells = [f"[{_COLORS[states[stage]]}]{states[stage]}" for stage in STAGES]
        table.add_row(escape(entity), months, *cells)
    console.print(table)
    empty = ", ".join(f"{status.entity} {status.month}" for status in overview.empty)
    if empty:
        console.print(f"No rows yet: {empty}.")
    console.print("\n[bold]To do")
    for command, why in overview.remedies:
        console.print(f"  [cyan]{escape(command)}")
        console.print(Padding(escape(why), (0, 0, 0, 4)))
    if not overview.remedies:
        console.print("  Nothing is stale or failed.")
    _show_list(console, "Late", [(late.where, late.what) for late in overview.late])
    _show_list(console, "Next", overview.next)


def _show_list(console: Console, title: str, lines: list[tuple[str, str]]) -> None:
    if not lines:
        return
    console.print(f"\n[bold]{title}")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    for first, second in lines:
        table.add_row(f"  {escape(first)}", escape(second))
    console.print(table)
