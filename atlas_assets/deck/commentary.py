"""People's remarks on a report, from `source/commentary/<ENTITY>-<period>.yaml`.

The file is read every time the deck is drawn, so remarks survive redrawing:

    summary: [Two classes moved to March.]
    units:
      TM:
        revenue:
          - {month: 2026-02, text: The school contract was signed late.}
        channels: [The open house was on 14 February.]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from atlas_assets.documents.mistakes import placed
from atlas_assets.documents.strict_model import KeyedError, StrictModel
from atlas_assets.documents.yaml_file import load
from atlas_assets.errors import ConfigurationError, nearest
from atlas_assets.periods.calendar import MONTHS_A_YEAR, Period, month_range

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.configuration.registry import Entity, Registry


class Remark(StrictModel):
    """A sentence or two. With a month (`YYYY-MM`) it is numbered in the revenue chart."""

    text: str = Field(min_length=1)
    """The remark."""
    month: str | None = None
    """The month that it is about, under `revenue` only."""

    @classmethod
    def of(cls, text: str) -> Remark:
        """Return a remark about no single month."""
        return cls(text=text)

    @property
    def lead(self) -> str:
        """What stands before it in bold: nothing, in a remark of people."""
        return ""


def _remark(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


Remarks = list[Annotated[Remark, BeforeValidator(_remark)]]


class UnitCommentary(StrictModel):
    """Remarks on the exhibits of a unit."""

    revenue: Remarks = Field(default_factory=list)
    """Remarks beside the chart of revenue."""
    key_comparison: Remarks = Field(default_factory=list)
    """Remarks beside the key figures."""
    programs: Remarks = Field(default_factory=list)
    """Remarks beside the programs."""
    schools: Remarks = Field(default_factory=list)
    """Remarks beside the schools."""
    channels: Remarks = Field(default_factory=list)
    """Remarks beside the channels."""


class Commentary(StrictModel):
    """Remarks on a report."""

    summary: Remarks = Field(default_factory=list)
    """Remarks on the summary slide."""
    units: dict[str, UnitCommentary] = Field(default_factory=dict)
    """Remarks on the slides of each unit, by its code."""

    def texts(self) -> Iterator[str]:
        """Yield every remark's text."""
        remarks = [self.summary]
        for unit in self.units.values():
            remarks += [unit.revenue, unit.key_comparison, unit.programs, unit.schools]
            remarks.append(unit.channels)
        yield from (remark.text for group in remarks for remark in group)


_EXPECTED = (
    "Expected `summary: [text]` and, by unit, lists of texts for "
    f"{', '.join(UnitCommentary.model_fields)}."
)


def load_commentary(folder: Path, entity: Entity, period: Period) -> Commentary:
    """Return the remarks on a report; empty without a file.

    Raises ConfigurationError where the file is not valid, or names a unit that the entity does not
    have or a month that no chart shows.
    """
    path = folder / f"{entity.code}-{period}.yaml"
    if not path.exists():
        return Commentary()
    commentary = load(path, Commentary, _EXPECTED)
    if mistakes := list(_mistakes(commentary, entity, period)):
        raise ConfigurationError(placed(path, mistakes))
    return commentary


def check_commentary(folder: Path, registry: Registry) -> list[Path]:
    """Read every file of remarks and return their paths. Raises ConfigurationError with all that is wrong."""
    problems: list[str] = []
    paths = sorted(path for path in folder.glob("*") if not path.name.startswith("."))
    for path in paths:
        try:
            entity, period = _report_of(path, registry)
            load_commentary(folder, entity, period)
        except ConfigurationError as error:
            problems.append(str(error))
    if problems:
        raise ConfigurationError("\n".join(problems))
    return paths


def _report_of(path: Path, registry: Registry) -> tuple[Entity, Period]:
    """Return the entity and period in a file's name. Raises ConfigurationError for a name of no report."""
    code, _, text = path.stem.partition("-")
    why = f"{path} is not read: the name of no report is like that."
    try:
        entity, period = registry.entity(code), Period.parse(text, registry.fiscal_year_start)
    except (ConfigurationError, ValueError) as error:
        raise ConfigurationError(f"{why} {error}") from error
    if path.name != (expected := f"{entity.code}-{period}.yaml"):
        raise ConfigurationError(f"{why} Rename it to {expected}.")
    return entity, period


def _mistakes(commentary: Commentary, entity: Entity, period: Period) -> Iterator[KeyedError]:
    shown = [str(month) for month in month_range(period.last.plus(-MONTHS_A_YEAR), period.last)]
    codes = [unit.code for unit in entity.units]
    yield from _mistakes_in_months(["summary"], commentary.summary)
    for code, unit in commentary.units.items():
        if code not in codes:
            yield KeyedError(
                ["units", code],
                f"{entity.code} has no unit {code!r}.{nearest(code, codes)} Its units are "
                f"{', '.join(codes)}",
            )
        for name in ("key_comparison", "programs", "schools", "channels"):
            yield from _mistakes_in_months(["units", code, name], getattr(unit, name))
        for position, remark in enumerate(unit.revenue):
            if remark.month and remark.month not in shown:
                yield KeyedError(
                    ["units", code, "revenue", position],
                    f"the chart of {code} has no month {remark.month!r}; it shows {shown[0]} to "
                    f"{shown[-1]}",
                )


def _mistakes_in_months(keys: list[str], remarks: Remarks) -> Iterator[KeyedError]:
    for position, remark in enumerate(remarks):
        if remark.month:
            yield KeyedError(
                [*keys, position],
                f"{remark.text!r} has a month, but only the chart of `revenue` shows months. Write the "
                "text alone",
            )
