"""What the source no longer has goes; what is damaged is loaded again, or refused in words."""

from pathlib import Path

import broken_workbooks as broken
import pytest
from conftest import CONFIG_DIR

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition, Scope
from atlas_assets.sources.extract import extract
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.upkeep import gone, keep_up
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

FEBRUARY = Partition("IONS", Month(2026, 2))


def source(folder: Path, months: list[int]) -> IsolatedSource:
    """Return a source whose configuration has transactions of some months of 2026 only."""
    configuration = Configuration(CONFIG_DIR)
    year = configuration.years["IONS", 2026]
    table = year.tables["transactions"]
    sheets = {number: sheet for number, sheet in (table.sheets or {}).items() if number in months}
    only = year.model_copy(
        update={"tables": {"transactions": table.model_copy(update={"sheets": sheets})}}
    )
    configuration.years.clear()
    configuration.years["IONS", 2026] = only
    return IsolatedSource(WorkbookAdapter(folder, configuration))


ENTITY = "IONS"


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    """A store with January and February."""
    broken.sound(tmp_path / broken.NAME)
    store = RawStore(tmp_path / "raw")
    scope = Scope(("IONS",), (Month(2026, 1), Month(2026, 2)))
    assert not extract(source(tmp_path, [1, 2]), store, scope).problems
    return store


def test_a_month_that_is_no_longer_configured_goes_by_name(tmp_path: Path, store: RawStore) -> None:
    january_only = source(tmp_path, [1])
    told = ["IONS 2026-02 is no longer in the source or its configuration"]
    assert gone(january_only, store) == {ENTITY: told}
    assert keep_up(january_only, store, ["EPN"]).notes == {}
    assert keep_up(january_only, store, [ENTITY]).notes == {
        ENTITY: [f"{told[0]}: it leaves every figure."]
    }
    assert store.loaded() == [("transactions", Partition("IONS", Month(2026, 1)))]
    assert keep_up(january_only, store, [ENTITY]).notes == {}


def test_months_whose_workbooks_are_all_gone_go(tmp_path: Path, store: RawStore) -> None:
    (tmp_path / broken.NAME).unlink()
    assert gone(source(tmp_path, [1, 2]), store) == {
        ENTITY: ["IONS 2026-01–2026-02 is no longer in the source or its configuration"]
    }


def test_a_damaged_month_is_loaded_again_whatever_the_run_is_about(
    tmp_path: Path, store: RawStore
) -> None:
    path = store.raw_dir / "transactions" / "IONS" / "2026-02.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    extraction = extract(source(tmp_path, [1, 2]), store, Scope(("IONS",), (Month(2026, 1),)))
    assert extraction.problems == []
    assert extraction.notes == [
        "IONS 2026-02 transactions was incomplete, damaged or of an earlier version, and was loaded again."
    ]
    assert store.damaged() == []


def test_a_damaged_month_whose_workbook_cannot_be_read_is_refused_and_never_used(
    tmp_path: Path, store: RawStore
) -> None:
    (store.raw_dir / "sheet_manifest" / "transactions" / "IONS" / "2026-02.parquet").unlink()
    broken.truncated(tmp_path / broken.NAME)
    upkeep = keep_up(source(tmp_path, [1, 2]), store, [ENTITY])
    assert "were damaged, and cannot be loaded again" in upkeep.refused[FEBRUARY][0]
    assert "is cut off or damaged" in upkeep.refused[FEBRUARY][0]
    assert store.loaded() == [("transactions", Partition("IONS", Month(2026, 1)))]
