"""Nothing is read again that has not changed, and what is remembered is what reading would return."""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import openpyxl
import pytest
from conftest import Installation
from counting_source import CountingSource

from atlas_assets import files
from atlas_assets.configuration.configuration import Configuration
from atlas_assets.configuration.tables import TABLES
from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month, Period
from atlas_assets.periods.scope import Scope
from atlas_assets.sources.extract import changes, extract
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.memory import SourceMemory
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "LAPORAN EVALUASI EPN 2026.xlsx"
MONTHS = Period.parse("2026-01..2026-02").months
FEBRUARY = Month(2026, 2)


@pytest.fixture
def of_any_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust files at once, which a test has just written."""
    monkeypatch.setattr(files, "TRUSTED_AFTER_SECONDS", 0)


@pytest.mark.usefixtures("of_any_age")
def test_what_has_not_changed_is_not_read_again(installation: Installation, tmp_path: Path) -> None:
    log, store = tmp_path / "readings", installation.workspace.raw_store
    configuration = Configuration(installation.settings.config_dir)
    counting = CountingSource(installation.settings.source_dir, configuration, log)
    source = IsolatedSource(counting, SourceMemory(tmp_path / "seen"))
    extract(source, store, Scope(("EPN",), tuple(MONTHS)))
    assert log.exists()
    log.unlink()
    assert changes(source, store, "EPN", MONTHS) == {}
    again = extract(source, store, Scope(("EPN",), tuple(MONTHS)))
    assert [item.changed for item in again.loaded] == [None] * len(TABLES) * len(MONTHS)
    assert again.row_counts[again.loaded[0].partition.of] > 0
    assert not log.exists()

    shutil.rmtree(store.raw_dir / "transactions")  # what is remembered is not there any more
    extract(source, store, Scope(("EPN",), tuple(MONTHS)))
    assert len([line for line in log.read_text("utf-8").splitlines() if "read" in line]) == 2


def test_a_new_sheet_is_read_by_its_extraction_alone(
    installation: Installation, tmp_path: Path
) -> None:
    log, scope = tmp_path / "readings", Scope(("EPN",), tuple(MONTHS))
    configuration = Configuration(installation.settings.config_dir)
    source = IsolatedSource(
        CountingSource(installation.settings.source_dir, configuration, log), None
    )
    staleness = replace(installation.workspace.staleness, source=source)
    assert staleness.to_extract("EPN", MONTHS)
    assert list(staleness.pending("EPN", MONTHS, read_new=False)) == MONTHS
    assert not log.exists()
    extract(source, installation.workspace.raw_store, scope)
    readings = [line for line in log.read_text("utf-8").splitlines() if line.startswith("read")]
    assert len(readings) == len(set(readings)) == len(TABLES) * len(MONTHS)


def test_a_table_that_a_month_does_not_have_is_not_waited_for(installation: Installation) -> None:
    source, store = installation.workspace.source, installation.workspace.raw_store
    assert "organizations" not in source.tables("IONS", FEBRUARY)
    extract(source, store, Scope(("IONS",), (FEBRUARY,)))
    assert changes(source, store, "IONS", [FEBRUARY], read_new=False) == {}


def test_a_file_that_was_just_written_is_not_remembered(
    installation: Installation, tmp_path: Path
) -> None:
    (installation.root / "source" / NAME).touch()
    memory = SourceMemory(tmp_path / "seen")
    configuration = Configuration(installation.settings.config_dir)
    source = IsolatedSource(
        WorkbookAdapter(installation.settings.source_dir, configuration), memory
    )
    source.look("transactions", "EPN", FEBRUARY)
    assert not memory.folder.exists()


@pytest.mark.usefixtures("of_any_age")
def test_what_the_system_refused_is_asked_for_again(
    installation: Installation, tmp_path: Path
) -> None:
    """A file that opens but cannot be read stands for a lock, or for a network share that is away."""
    configuration = Configuration(installation.settings.config_dir)
    memory = SourceMemory(tmp_path / "seen")
    source = IsolatedSource(
        WorkbookAdapter(installation.settings.source_dir, configuration), memory
    )
    (installation.root / "source" / NAME).unlink()
    (installation.root / "source" / NAME).symlink_to("/proc/self/mem")  # it opens, but is not read
    with pytest.raises(SourceError):
        source.look("transactions", "EPN", FEBRUARY)
    assert not memory.folder.exists()


def test_what_cannot_be_remembered_is_read_all_the_same(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "TRUSTED_AFTER_SECONDS", 0)
    (tmp_path / "seen").write_text("in the way", encoding="utf-8")
    configuration = Configuration(installation.settings.config_dir)
    source = IsolatedSource(
        WorkbookAdapter(installation.settings.source_dir, configuration),
        SourceMemory(tmp_path / "seen"),
    )
    assert source.look("transactions", "EPN", FEBRUARY).rows_kept


@dataclass
class Changing:
    """A source whose workbook and configuration change, with two ways to look at it."""

    installation: Installation
    memory: SourceMemory
    contents: list[bytes]

    @property
    def path(self) -> Path:
        return self.installation.root / "source" / NAME

    def look(self, *, remembers: bool) -> list[object]:
        """Return what two tables of two months are, or why they are refused."""
        configuration = Configuration(self.installation.settings.config_dir)
        source = IsolatedSource(
            WorkbookAdapter(self.installation.settings.source_dir, configuration),
            self.memory if remembers else None,
        )
        found: list[object] = []
        for month in MONTHS:
            for table in ("transactions", "organizations"):
                try:
                    found.append(source.look(table, "EPN", month).manifest)
                except SourceError as error:
                    found.append(str(error))
        return found

    def overwrite(self, random: Random) -> None:
        before = self.path.stat() if self.path.exists() else None
        self.path.write_bytes(random.choice(self.contents))
        if before:
            os.utime(self.path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def exchange(self, random: Random) -> None:
        other = self.path.with_name(".other")
        other.write_bytes(random.choice(self.contents))
        os.utime(other, ns=(1, 1))
        other.rename(self.path)

    def touch(self, _random: Random) -> None:
        self.path.touch()

    def remove(self, _random: Random) -> None:
        self.path.unlink(missing_ok=True)

    def configure(self, random: Random) -> None:
        path = self.installation.settings.config_dir / "epn-2026.yaml"
        one, other = random.sample(["header_row: 6", "header_row: 5"], 2)
        path.write_text(path.read_text("utf-8").replace(one, other), encoding="utf-8")

    def forget(self, _random: Random) -> None:
        shutil.rmtree(self.memory.folder, ignore_errors=True)

    def damage(self, random: Random) -> None:
        for path in self.memory.folder.rglob("*.json"):
            content = bytearray(path.read_bytes())
            content[random.randrange(len(content))] ^= 1 << random.randrange(8)
            path.write_bytes(content)


@pytest.mark.usefixtures("of_any_age")
def test_what_is_remembered_is_what_reading_returns(
    installation: Installation, tmp_path: Path
) -> None:
    path = installation.root / "source" / NAME
    sound = path.read_bytes()
    book = openpyxl.load_workbook(path, data_only=True)
    book["FEBRUARI"]["O7"].value += 1_000
    book.save(tmp_path / "edited.xlsx")
    del book["JANUARI"]
    book.save(tmp_path / "shorter.xlsx")
    others = [(tmp_path / name).read_bytes() for name in ("edited.xlsx", "shorter.xlsx")]
    contents = [sound, *others, b"\x00" * 5_000, b"a" * 5_000]
    source = Changing(installation, SourceMemory(tmp_path / "seen"), contents)
    kinds: list[Callable[[Random], None]] = [
        *(source.overwrite, source.exchange, source.touch, source.remove),
        *(source.configure, source.forget, source.damage),
    ]
    random = Random(1)
    seen: set[str] = set()
    for _ in range(40):
        random.choice(kinds)(random)
        expected = source.look(remembers=False)
        assert source.look(remembers=True) == expected
        assert source.look(remembers=True) == expected  # this time from memory, if it can
        seen.add(str(expected))
    assert len(seen) > 5
