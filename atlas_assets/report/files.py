"""The paths of a report's files, and reading and writing report.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from pydantic import ValidationError

from atlas_assets.errors import ReportError
from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import PeriodType
from atlas_assets.report.model import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from atlas_assets.periods.calendar import Period

Suffix = Literal["json", "pptx", "pdf"]


class ReportFiles:
    """`<type>/<ENTITY>-<period>.{json,pptx,pdf}` in the output folder.

    A report of only some units has their codes in its name, `IONS-2026-02+TM.json`, so it never
    replaces the complete one.
    """

    def __init__(self, output_dir: Path) -> None:
        self.output_dir = output_dir

    def path(self, entity: str, period: Period, suffix: Suffix, units: Sequence[str] = ()) -> Path:
        """Return the path of a report's file; `units` are those covered, empty for all."""
        name = "+".join([f"{entity}-{period}", *units])
        return self.output_dir / period.type / f"{name}.{suffix}"

    def path_of(self, report: Report, suffix: Suffix) -> Path:
        """Return the path of a file of this report."""
        units = () if report.meta.is_whole else report.meta.scope
        return self.path(report.meta.entity, report.meta.covered, suffix, units)

    def existing(self, entity: str, period: Period, units: Sequence[str] = ()) -> list[Path]:
        """Return the files of a report that exist."""
        paths = [self.path(entity, period, suffix, units) for suffix in get_args(Suffix)]
        return [path for path in paths if path.exists()]

    def on_demand(self) -> list[Path]:
        """Return the report.json of every range, and of every report of only some units."""
        ranges = self.output_dir.glob(f"{PeriodType.RANGE}/*.json")
        return sorted({*ranges, *self.output_dir.glob("*/*+*.json")})

    def is_current(self, report: Report) -> bool:
        """Return whether the written report has the same figures, whenever their data were loaded."""
        path = self.path_of(report, "json")
        if not path.exists() or not self.path_of(report, "pptx").exists():
            return False
        ignored = {"meta": {"generated_at"}}
        written = read_report(path)
        return written.model_dump(exclude=ignored) == report.model_dump(exclude=ignored)

    def write(self, report: Report) -> Path:
        """Write report.json and return its path."""
        path = self.path_of(report, "json")
        with written_whole(path) as temporary:
            temporary.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return path

    def read(self, entity: str, period: Period) -> Report:
        """Read report.json. Raises ReportError if it does not exist."""
        path = self.path(entity, period, "json")
        if not path.exists():
            raise ReportError(
                f"There is no {path}. Create the report first: `atlas report --entity {entity} "
                f"--period {period}`."
            )
        return read_report(path)


def read_report(path: Path) -> Report:
    """Read a report.json. Raises ReportError if it is none of this version, or damaged."""
    try:
        return Report.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ReportError(
            f"{path} is no report.json that this version of Atlas wrote ({place or 'as a whole'}: "
            f"{first['msg']}). Make the report again."
        ) from error
