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

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from atlas_assets.documents.strict_model import StrictModel
from atlas_assets.documents.yaml_file import load
from atlas_assets.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.report.model import Report


class Remark(StrictModel):
    """A sentence or two. With a month (`YYYY-MM`) it is numbered in the revenue chart."""

    text: str = Field(min_length=1)
    month: str | None = None


def _remark(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


Remarks = list[Annotated[Remark, BeforeValidator(_remark)]]


class UnitCommentary(StrictModel):
    """Remarks on the exhibits of a unit."""

    revenue: Remarks = Field(default_factory=list)
    key_comparison: Remarks = Field(default_factory=list)
    programs: Remarks = Field(default_factory=list)
    schools: Remarks = Field(default_factory=list)
    channels: Remarks = Field(default_factory=list)


class Commentary(StrictModel):
    """Remarks on a report."""

    summary: Remarks = Field(default_factory=list)
    units: dict[str, UnitCommentary] = Field(default_factory=dict)

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


def load_commentary(folder: Path, report: Report, units: list[str]) -> Commentary:
    """Return the remarks on a report; empty without a file. `units` are all of the entity's codes.

    Raises ConfigurationError where the file is not valid, or names a unit that the entity does not
    have or a month that no chart shows.
    """
    path = folder / f"{report.meta.entity}-{report.meta.period}.yaml"
    if not path.exists():
        return Commentary()
    commentary = load(path, Commentary, _EXPECTED)
    _refuse_unknown(path, commentary, report, units)
    return commentary


def _refuse_unknown(path: Path, commentary: Commentary, report: Report, units: list[str]) -> None:
    months = [point.month for point in report.totals.trend]
    _refuse_months(path, commentary.summary)
    for code, unit in commentary.units.items():
        if code not in units:
            near = get_close_matches(code, units, n=1, cutoff=0.4)
            raise ConfigurationError(
                f"{path}: {report.meta.entity} has no unit {code!r}"
                + (f"; did you mean {near[0]!r}?" if near else ".")
                + f" Its units are {', '.join(units)}."
            )
        _refuse_months(path, unit.key_comparison + unit.programs + unit.schools + unit.channels)
        for remark in unit.revenue:
            if remark.month and remark.month not in months:
                raise ConfigurationError(
                    f"{path}: the chart of {code} has no month {remark.month!r}; it shows "
                    f"{months[0]} to {months[-1]}."
                )


def _refuse_months(path: Path, remarks: Remarks) -> None:
    for remark in remarks:
        if remark.month:
            raise ConfigurationError(
                f"{path}: {remark.text!r} has a month, but only the chart of `revenue` shows months. "
                "Write the text alone."
            )
