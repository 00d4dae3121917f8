"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from atlas_assets.periods.calendar import Month, Period


def _known_entities(incomplete: str) -> list[str]:
    """Return the entity codes that complete a half-typed one, for shell completion."""
    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.errors import AtlasError
    from atlas_assets.settings import load_settings

    try:
        entities = Configuration(load_settings().config_dir).registry.entities
    except AtlasError:
        return []
    codes = [e.code.lower() if incomplete.islower() else e.code for e in entities]
    return [code for code in codes if code.startswith(incomplete)]


EntityOption = Annotated[
    str, typer.Option(help="Entity code, in any case: ions.", autocompletion=_known_entities)
]
EveryEntityOption = Annotated[
    str | None,
    typer.Option(
        "--entity",
        help="Entity code, in any case. Default: every entity.",
        autocompletion=_known_entities,
    ),
]
ValidatedEntityOption = Annotated[
    str | None,
    typer.Option(
        "--entity",
        help="Entity code, in any case. Required without --config.",
        autocompletion=_known_entities,
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(help="2026-02, 2026-Q1, 2026-02..2026-04 or 2026, instead of --year and --month."),
]
YearOption = Annotated[int | None, typer.Option(help="Year, for example 2026.")]
MonthOption = Annotated[
    str | None, typer.Option(help="Month or range: 2 or 1-3. Default: the year.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def period_text(year: int | None, month: str | None, period: str | None) -> str:
    """Return the period that the options name, in the form that `Period.parse` reads.

    Raises BadParameter if they name none, or more than one.
    """
    if (period is None) == (year is None):
        raise typer.BadParameter("give either --period, or --year with or without --month")
    if period is not None:
        return period
    if month is None:
        return str(year)
    first, _, last = month.partition("-")
    try:
        months = [Month(year or 0, int(number)) for number in (first, last or first)]
        return str(Period(*months))
    except ValueError as error:
        raise typer.BadParameter(f"--month takes 2 or 1-3, not {month!r}") from error
