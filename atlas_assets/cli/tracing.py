"""The command that says where a figure comes from."""

from __future__ import annotations

import json as json_format
import re
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import typer

from atlas_assets.cli.options import JsonOption, PeriodOption, TracedEntityOption, checked_period
from atlas_assets.errors import UsageError
from atlas_assets.periods.calendar import Period

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from atlas_assets.report.model import Report
    from atlas_assets.tracing.tracer import Record, Trace, Tracer
    from atlas_assets.workspace import Workspace

tracing = typer.Typer()
_SLIDE = re.compile(r"(\d+)\s*:\s*(.+)")
_FIGURE = typer.Argument(
    help='A place in report.json (totals.revenue.gap_pct), a slide\'s number and label ("3: Okt AC"), or '
    "the address of a page of the dashboard."
)


class _Wanted(NamedTuple):
    """The figure that is asked for, and the report that it stands in."""

    figure: str
    entity: str
    period: str


@tracing.command()
def trace(
    figure: Annotated[str, _FIGURE],
    entity: TracedEntityOption = None,
    period: PeriodOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Records that are listed of each part.")] = 20,
    json: JsonOption = False,
) -> None:
    """Say where a figure comes from: what it is made of, down to file, sheet, row and cell.

    Of a part of a report, such as units.TM.revenue or units.*.ytd, the figures in it are listed.
    """
    from atlas_assets.report.assemble import assemble
    from atlas_assets.report.figures import figures_within
    from atlas_assets.settings import load_settings
    from atlas_assets.tracing.tracer import Tracer
    from atlas_assets.workspace import Workspace

    wanted = _wanted(figure, entity, period)
    workspace = Workspace(load_settings())
    registry, strings = workspace.configuration.registry, workspace.strings
    of = Period.parse(wanted.period, registry.fiscal_year_start)
    with workspace.warehouse.reading() as connection:
        code = registry.entity(wanted.entity).code
        report = assemble(connection, registry, code, of, locale=strings.locale)
        place = _place(wanted.figure, report, workspace)
        found = figures_within(report, place)
        if found and place not in found:
            _show(_listed(found), found, as_json=json)
            return
        tracer = Tracer(connection, report)
        traced = _Told(tracer, strings, limit).part(tracer.trace(place))
        heading = [f"{place} = {_number(found.get(place))}"]
        _show([*heading, *_lines(traced)], {"figure": place, **traced}, as_json=json)


def _wanted(figure: str, entity: str | None, period: str | None) -> _Wanted:
    """Return what is asked for. Raises UsageError if something is missing."""
    if figure.startswith(("http://", "https://", "/")):
        query = dict(parse_qsl(urlsplit(figure).query))
        figure = query.get("figure", "totals")
        entity, period = entity or query.get("entity"), period or query.get("period")
    if not entity or not period:
        raise UsageError("Name the report as well: --entity IONS --period 2026-10.")
    return _Wanted(figure, entity, checked_period(period))


def _place(figure: str, report: Report, workspace: Workspace) -> str:
    """Return the place of a figure in report.json."""
    match = _SLIDE.fullmatch(figure)
    if match is None:
        return figure
    from atlas_assets.deck.labels import figure_on_slide
    from atlas_assets.deck.story import build_deck
    from atlas_assets.report.figures import located

    entity = workspace.configuration.registry.entity(report.meta.entity)
    deck = build_deck(located(report), workspace.strings, entity.full_name)
    return figure_on_slide(deck, int(match[1]), match[2])


class _Told:
    """Tells a trace as plain values."""

    def __init__(self, tracer: Tracer, strings: Any, limit: int) -> None:
        self.tracer, self.strings, self.limit = tracer, strings, limit

    def part(self, trace: Trace) -> dict[str, Any]:
        """Return a part with its parts, or its records."""
        from atlas_assets.tracing.formulas import Records
        from atlas_assets.tracing.words import described

        records: list[Record] = []
        if isinstance(trace.expression, Records):
            records = self.tracer.records(trace.expression, limit=self.limit)
        return {
            "made_of": described(trace.expression, self.strings, self.strings.locale),
            "value": trace.rounded,
            "count": trace.count,
            "parts": [self.part(part) for part in trace.parts],
            "records": [vars(record) | {"cell": record.cell} for record in records],
        }


def _lines(part: dict[str, Any], indent: str = "  ") -> Iterator[str]:
    count = f" ({part['count']:,} records)" if part["count"] else ""
    yield f"{indent}{part['made_of']} = {_number(part['value'])}{count}"
    for inner in part["parts"]:
        yield from _lines(inner, f"{indent}  ")
    for record in part["records"]:
        yield f"{indent}  {_record(record)}"
    if part["count"] > len(part["records"]) > 0:
        yield f"{indent}  … --limit {part['count']} lists them all"


def _record(record: dict[str, Any]) -> str:
    names = ("unit", "month", "name", "detail", "label")
    told = " ".join(str(record[name]) for name in names if record[name])
    value = _number(record["value"])
    if not record["file"]:
        return f"{told}: {value}"
    where = f"{record['file']}, {record['sheet']}, {record['cell']}"
    return f"{told}: {value}, {where}: {record['content']!r}"


def _listed(figures: dict[str, Decimal | int]) -> list[str]:
    return [f"{path} = {_number(value)}" for path, value in figures.items()]


def _number(value: Decimal | int | None) -> str:
    return "none" if value is None else f"{value:,.4f}".rstrip("0").rstrip(".")


def _show(lines: list[str], values: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json_format.dumps(values, indent=2, ensure_ascii=False, default=_plain))
        return
    for line in lines:
        print(line)


def _plain(value: Any) -> Any:
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else str(value)
