"""What people have to say about a report: `source/commentary/<ENTITY>-<period>.yaml`.

The file is read whenever the deck is drawn, so that a remark outlives every new deck:

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

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from atlas_assets.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from atlas_assets.report.model import Report


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Remark(_Part):
    """A sentence or two. With a month (`YYYY-MM`) it is numbered in the revenue chart."""

    text: str = Field(min_length=1)
    month: str | None = None


def _remark(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


Remarks = list[Annotated[Remark, BeforeValidator(_remark)]]


class UnitCommentary(_Part):
    """Remarks on the exhibits of a unit."""

    revenue: Remarks = []
    key_comparison: Remarks = []
    programs: Remarks = []
    schools: Remarks = []
    channels: Remarks = []


class Commentary(_Part):
    """Remarks on a report."""

    summary: Remarks = []
    units: dict[str, UnitCommentary] = {}

    def texts(self) -> Iterator[str]:
        """Yield every remark's text."""
        remarks = [self.summary]
        for unit in self.units.values():
            remarks += [unit.revenue, unit.key_comparison, unit.programs, unit.schools]
            remarks.append(unit.channels)
        yield from (remark.text for group in remarks for remark in group)


def load_commentary(folder: Path, report: Report, units: list[str]) -> Commentary:
    """Return the remarks on a report; none where nobody wrote any. `units` are all of the entity.

    Raises ConfigurationError where the file cannot be read, or speaks of a unit that the entity does
    not have, or of a month that its chart does not show.
    """
    path = folder / f"{report.meta.entity}-{report.meta.period}.yaml"
    if not path.exists():
        return Commentary()
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        commentary = Commentary.model_validate(given)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not YAML: {error}.") from error
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(str(step) for step in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigurationError(
            f"{path}: {places}. Expected `summary: [text]` and, by unit, lists of texts for "
            f"{', '.join(UnitCommentary.model_fields)}."
        ) from error
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
