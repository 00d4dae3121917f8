"""Where a report's files are, and how a report is written and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from atlas_assets.errors import ReportError
from atlas_assets.files import written_whole
from atlas_assets.periods import Period
from atlas_assets.report.model import Report

if TYPE_CHECKING:
    from pathlib import Path

Suffix = Literal["json", "pptx", "pdf"]


class ReportFiles:
    """`<type>/<ENTITY>-<period>.{json,pptx,pdf}` in the output folder."""

    def __init__(self, output_dir: Path) -> None:
        self.output_dir = output_dir

    def path(self, entity: str, period: Period, suffix: Suffix) -> Path:
        """Return where a report's file of that kind belongs."""
        return self.output_dir / period.type / f"{entity}-{period}.{suffix}"

    def existing(self, entity: str, period: Period) -> list[Path]:
        """Return the files of a report that have been made."""
        paths = [self.path(entity, period, suffix) for suffix in get_args(Suffix)]
        return [path for path in paths if path.exists()]

    def write(self, report: Report) -> Path:
        """Write report.json and return its path."""
        path = self.path(report.meta.entity, Period.parse(report.meta.period), "json")
        with written_whole(path) as temporary:
            temporary.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return path

    def read(self, entity: str, period: Period) -> Report:
        """Read report.json. Raises ReportError when it was never made."""
        path = self.path(entity, period, "json")
        if not path.exists():
            raise ReportError(
                f"There is no {path}. Make the report first: `atlas report --entity {entity} "
                f"--period {period}`."
            )
        return Report.model_validate_json(path.read_text(encoding="utf-8"))
