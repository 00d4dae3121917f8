"""Programs against their targets and last year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard.parts import exhibits
from atlas_assets.dashboard.parts.blocks import Page
from atlas_assets.deck.exhibits.movers import program_mover_exhibit
from atlas_assets.deck.exhibits.programs import program_exhibit

if TYPE_CHECKING:
    from atlas_assets.dashboard.context import Context


def programs(context: Context) -> Page:
    """Return the programs of a unit or, with the ones that moved most, of all units."""
    writer, strings = context.writer, context.strings
    units = [context.unit] if context.unit else writer.by_size
    tables = [
        exhibits.table(
            context, f"programs_{unit.code}", program_exhibit(writer, unit, []), unit.name
        )
        for unit in units
    ]
    moved = program_mover_exhibit(writer)
    if context.unit or not moved:
        message = program_exhibit(writer, units[0], []).message
        return Page(strings("program_title"), message, list(tables))
    movers = exhibits.table(context, "movers", moved)
    return Page(strings("program_title"), moved.message, [movers, *tables])
