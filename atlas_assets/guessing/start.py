"""Makes a source folder with a first configuration out of workbooks."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from atlas_assets.errors import SourceError, UsageError
from atlas_assets.files import written_whole
from atlas_assets.guessing.books import books_of
from atlas_assets.guessing.writing import registry_text, year_text
from atlas_assets.settings import PROJECT_DIR

if TYPE_CHECKING:
    from pathlib import Path

    from atlas_assets.workspace import Workspace

_SHIPPED = PROJECT_DIR / "source" / "config"


@dataclass(frozen=True)
class Trial:
    """How many sheets of months can be loaded with a configuration, and why the others cannot."""

    sheets: int
    problems: list[str]


def start(folder: Path, workbooks: list[Path]) -> list[Path]:
    """Write `config/` into a folder, and copy the workbooks there; return the files of the configuration.

    Raises UsageError if there is a configuration already, and SourceError for what is no workbook.
    """
    config = folder / "config"
    if config.exists():
        raise UsageError(f"{config} is there already. Name another folder, or move it away.")
    copies = _copies(folder, workbooks)
    books = sorted(books_of(workbooks), key=lambda book: (book.entity, book.year, book.path.name))
    config.mkdir(parents=True)
    for path, copy in copies.items():
        shutil.copy2(path, copy)
    written = [config / "registry.yaml"]
    _write(written[0], registry_text(books))
    for (entity, year), group in groupby(books, lambda book: (book.entity, book.year)):
        written.append(config / f"{entity.lower()}-{year}.yaml")
        _write(written[-1], year_text(entity, year, list(group)))
    shutil.copy(_SHIPPED / "strings.yaml", config)
    shutil.copytree(_SHIPPED / "schemas", config / "schemas")
    return written


def _copies(folder: Path, workbooks: list[Path]) -> dict[Path, Path]:
    """Return where the workbooks go that are not in a folder yet. Raises UsageError if one is in the way."""
    copies = {
        path: folder / path.name for path in workbooks if path.resolve().parent != folder.resolve()
    }
    for path, copy in copies.items():
        if copy.exists() or list(copies.values()).count(copy) > 1:
            raise UsageError(
                f"{path} cannot be copied to {copy}: another workbook has that name. Rename one of them."
            )
    return copies


def tried(workspace: Workspace) -> Trial:
    """Check the configuration and look at every sheet that it names. Raises ConfigurationError if it is wrong."""
    workspace.check()
    source, sheets, problems = workspace.source, 0, []
    for entity in (entity.code for entity in workspace.configuration.registry.entities):
        for month in source.months(entity):
            for table in source.tables(entity, month):
                sheets += 1
                try:
                    source.look(table, entity, month)
                except SourceError as error:
                    problems.append(str(error))
    return Trial(sheets, problems)


def distinct(problems: list[str]) -> list[str]:
    """Return the problems, with those that only differ in the sheet told once."""
    alike: dict[str, list[str]] = {}
    for problem in problems:
        alike.setdefault(re.sub(r"sheet '[^']*'", "", problem, count=1), []).append(problem)
    return [
        first + (f" So it is in {len(others):,} more sheets." if others else "")
        for first, *others in alike.values()
    ]


def _write(path: Path, text: str) -> None:
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
