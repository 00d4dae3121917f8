"""The options that several commands share, checked before anything that takes long is imported."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atlas_assets.errors import AtlasError, ConfigurationError, UsageError
from atlas_assets.periods.calendar import Month, Period, PeriodType, span_text

if TYPE_CHECKING:
    from atlas_assets.configuration.configuration import Configuration

_A_QUARTER = 3  # months


def _configuration() -> Configuration:
    from atlas_assets.configuration.configuration import Configuration
    from atlas_assets.settings import load_settings

    return Configuration(load_settings().config_dir)


def _entity_codes(incomplete: str) -> list[str]:
    """Return the entity codes that complete a half-typed one, for shell completion."""
    try:
        codes = [entity.code for entity in _configuration().registry.entities]
    except AtlasError:
        return []
    return _completing(incomplete, codes)


def _unit_codes(context: typer.Context, incomplete: str) -> list[str]:
    """Return the lists of units that complete one whose last unit is half-typed."""
    try:
        entities = _configuration().registry.entities
    except AtlasError:
        return []
    wanted = str(context.params.get("entity") or "").upper()
    codes = [unit.code for e in entities if wanted in {"", e.code} for unit in e.units]
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{code}" for code in _completing(last, codes)]


def _periods(incomplete: str) -> list[str]:
    """Return the years, quarters and months with a configuration that complete a half-typed period."""
    try:
        years = sorted({year for _, year in _configuration().years}, reverse=True)
    except AtlasError:
        return []
    parts = ["", *(f"-Q{n}" for n in range(1, 5)), *(f"-{n:02}" for n in range(1, 13))]
    return _completing(incomplete, [f"{year}{part}" for year in years for part in parts])


def _months(incomplete: str) -> list[str]:
    return [text for text in _periods(incomplete) if len(text) == len("2026-02")]


def _completing(incomplete: str, known: list[str]) -> list[str]:
    if incomplete.islower():
        known = [text.lower() for text in known]
    return [text for text in known if text.startswith(incomplete)]


def _checked_entity(code: str | None) -> str | None:
    """Return a code as it was given. Raises UsageError for that of no entity."""
    if code is not None:
        registry = _configuration().registry
        try:
            registry.entity(code)
        except ConfigurationError as error:
            raise UsageError(str(error)) from error
    return code


def _checked_period(text: str | None) -> str | None:
    return text and checked_period(text)


def checked_period(text: str) -> str:
    """Return a period as it was given. Raises UsageError for what is none."""
    try:
        Period.parse(text)  # the months do not matter here, nor when the year begins
    except ValueError as error:
        raise UsageError(str(error)) from error
    return text


def _shown_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"atlas {version('atlas')}")
        raise typer.Exit


def _entity_option(help_: str, *names: str) -> Any:
    return typer.Option(*names, help=help_, autocompletion=_entity_codes, callback=_checked_entity)


EntityOption = Annotated[str, _entity_option("Entity code, in any case: ions.")]
EveryEntityOption = Annotated[
    str | None, _entity_option("Entity code, in any case. Default: every entity.", "--entity")
]
TracedEntityOption = Annotated[
    str | None, _entity_option("Entity code, in any case. Not needed with an address.", "--entity")
]
ValidatedEntityOption = Annotated[
    str | None, _entity_option("Entity code, in any case. Required without --config.", "--entity")
]
UnitOption = Annotated[
    str | None,
    typer.Option(
        help="Only some units, in separate files: TM,WLC_ENGLISH.", autocompletion=_unit_codes
    ),
]
PeriodOption = Annotated[
    str | None,
    typer.Option(
        help="2026-02, 2026-Q1, 2026-02..2026-04 or 2026, instead of --year and --month.",
        autocompletion=_periods,
        callback=_checked_period,
    ),
]
YearOption = Annotated[
    int | None,
    typer.Option(
        help="Year: 2026. Alone, the fiscal year that ends in it; of --month, the calendar's."
    ),
]
MonthOption = Annotated[
    str | None, typer.Option(help="Month or range: 2 or 1-3. Default: the year.")
]
FirstOption = Annotated[
    str, typer.Option("--from", help="First month: 2024-01.", autocompletion=_months)
]
LastOption = Annotated[
    str, typer.Option("--to", help="Last month: 2026-02.", autocompletion=_months)
]
PlanOption = Annotated[
    bool, typer.Option("--plan", help="Say what would run and why, and run nothing.")
]
FullOption = Annotated[
    bool, typer.Option("--full", help="Build anew whatever is fresh, from the workbooks on.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
VersionOption = Annotated[
    bool,
    typer.Option("--version", help="Print the version.", is_eager=True, callback=_shown_version),
]


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
        ends = [Month(year or 0, int(number)) for number in (first, last or first)]
        months = Period(ends[0], ends[1]).months
    except ValueError as error:
        raise typer.BadParameter(f"--month takes 2 or 1-3, not {month!r}") from error
    return span_text(months, "..")


def refuse_other_length(type_: PeriodType, text: str) -> None:
    """Raise UsageError if a period does not have the length that a type of report has."""
    period = Period.parse(text, _configuration().registry.fiscal_year_start)
    count = len(period.months)
    if type_ is PeriodType.YEARLY and period.type is not type_:
        raise UsageError(f"{period} is not a year. Write --year {period.year}.")
    if type_ is PeriodType.QUARTERLY and count != _A_QUARTER:
        raise UsageError(
            f"{period} has {count} month{'s' if count > 1 else ''}, a quarter has three. Write "
            f"--period {period.year}-Q1, or --type range for a report of any months together."
        )
