"""Students by school and year."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.dashboard.parts.listing import ListColumn, Listing
from atlas_assets.deck.exhibits.movers import school_mover_exhibit
from atlas_assets.deck.exhibits.schools import school_exhibit
from atlas_assets.documents.sql_text import sql_text
from atlas_assets.report.identifiers import school_id
from atlas_assets.report.model import NO_SCHOOL

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context
    from atlas_assets.dashboard.parts.blocks import Block, Table


def schools(context: Context) -> Page:
    """Return the schools of a unit, or of all units with the ones that moved most."""
    writer, strings, unit = context.writer, context.strings, context.unit
    if unit:
        exhibit = school_exhibit(writer, unit, [])
        blocks: list[Block] = [
            exhibits.table(context, "progress", exhibit, unit.name),
            _matrix(context),
        ]
        return Page(strings("school_title"), exhibit.message, blocks)
    moved = school_mover_exhibit(writer)
    if not moved:
        return Page(strings("school_title"), "", [_matrix(context)])
    movers = exhibits.table(context, "movers", moved)
    return Page(strings("school_title"), moved.message, [movers, _matrix(context)])


def _matrix(context: Context) -> Table:
    """Return all schools with their students of each year; the last year ends with the period."""
    strings, view = context.strings, context.view
    all_units = [unit.code for unit in context.entity.units]
    units = [view.unit] if view.unit else all_units
    last = view.period.last.first_day
    rows = context.build.query(
        sql_text("dashboard", "schools"), {"entity": view.entity, "units": units, "last": last}
    )
    years = sorted({row["year"] for row in rows})
    records: dict[str, dict[str, Any]] = {}
    for row in rows:
        blank = {"name": row["name"], "level": row["level"], **dict.fromkeys(map(str, years))}
        records.setdefault(row["name"], blank)[str(row["year"])] = row["students"]

    def opened(record: dict[str, Any]) -> str | None:
        if record["name"] == NO_SCHOOL:
            return None
        return view.at(f"/organizations/{school_id(view.entity, record['name'])}")

    def traced(year: int, record: dict[str, Any]) -> str | None:
        if view.unit is None:
            return opened(record)
        return view.trace(f"units.{view.unit}.schools.matrix.{record['name']}.{year}")

    columns = [
        ListColumn("name", strings("school"), href=opened),
        ListColumn("level", strings("level"), facet=True),
        *(
            ListColumn(
                str(year),
                context.writer.year(year),
                number=context.count,
                href=partial(traced, year),
            )
            for year in years
        ),
    ]
    title = strings("web_schools_by_year")
    return Listing(context, "schools", title, columns).table(list(records.values()))
