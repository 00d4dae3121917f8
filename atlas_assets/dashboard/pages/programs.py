"""Programs against their targets and last year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas_assets.dashboard import exhibits
from atlas_assets.dashboard.blocks import Page
from atlas_assets.deck.exhibits.movers import mover_exhibits
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
    moved = [it for it in mover_exhibits(writer) if it.paths == ["movers.programs"]]
    if context.unit or not moved:
        message = program_exhibit(writer, units[0], []).message
        return Page(strings("program_title"), message, list(tables))
    movers = [exhibits.table(context, "movers", exhibit) for exhibit in moved]
    return Page(strings("program_title"), moved[0].message, [*movers, *tables])
