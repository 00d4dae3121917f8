"""The paths of a report's files, and reading and writing report.json."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import ValidationError

from atlas_assets.errors import ReportError
from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import PeriodType
from atlas_assets.report.editions import compare
from atlas_assets.report.model import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from atlas_assets.periods.calendar import Period

Suffix = Literal["json", "pptx", "pdf"]
SUFFIXES: tuple[Suffix, ...] = get_args(Suffix)


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
        paths = [self.path(entity, period, suffix, units) for suffix in SUFFIXES]
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
        written = read_report(path).meta
        return (written.edition, written.locale) == (report.meta.edition, report.meta.locale)

    def write(self, report: Report) -> Path:
        """Write report.json and return its path. An edition with other figures is kept, and compared."""
        path = self.path_of(report, "json")
        with written_whole(path) as temporary:
            following = self._following(report, path)
            temporary.write_text(following.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return path

    def _following(self, report: Report, path: Path) -> Report:
        """Return a report with what changed since the edition at `path`, which is kept if any figure did."""
        written = _readable(path)
        if written is None or written.meta.currency != report.meta.currency:
            return report
        if written.meta.edition == report.meta.edition:
            previous, changes = written.meta.previous_edition, written.changes
        else:
            kept = kept_edition(path)
            kept.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, kept)
            previous, changes = written.meta.edition, compare(written, report)
        meta = report.meta.model_copy(update={"previous_edition": previous})
        return report.model_copy(update={"meta": meta, "changes": changes})

    def read(self, entity: str, period: Period) -> Report:
        """Read report.json. Raises ReportError if it does not exist."""
        path = self.path(entity, period, "json")
        if not path.exists():
            raise ReportError(
                f"There is no {path}. Create the report first: `atlas report --entity {entity} "
                f"--period {period}`."
            )
        return read_report(path)


def kept_edition(path: Path) -> Path:
    """Return where the edition before the one at `path` is kept."""
    return path.parent / "previous" / path.name


def _readable(path: Path) -> Report | None:
    """Return the report at `path`, or None if there is none that this version of Atlas wrote."""
    try:
        return read_report(path) if path.exists() else None
    except ReportError:
        return None


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
