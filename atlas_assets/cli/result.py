"""What a command made, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Result:
    """The outcome of a command, filled while it works; all texts are complete and for people."""

    changes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the result for machines."""
        return {
            "changes": self.changes,
            "findings": self.findings,
            "files": [str(path) for path in self.files],
            "runs": self.runs,
            "problems": self.problems,
        }
