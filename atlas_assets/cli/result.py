"""The outcome of a command: what it produced, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Result:
    """The outcome of a command, filled while it runs. All texts are complete and user-facing."""

    changes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the result, ready for JSON."""
        return {
            "changes": self.changes,
            "findings": self.findings,
            "summary": self.summary,
            "files": [str(path) for path in self.files],
            "runs": self.runs,
            "problems": self.problems,
        }
