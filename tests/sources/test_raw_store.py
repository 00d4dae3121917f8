import shutil
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.adapter import RawPartition, SheetColumn, SheetManifest
from atlas_assets.sources.raw_store import RawStore

JANUARY = Month(2026, 1)


def partition(source_hash: str, *, amount: str = "1") -> RawPartition:
    frame = pl.DataFrame({"source_row": [7], "amount": [amount]})
    manifest = SheetManifest(
        "test",
        "book.xlsx",
        "JANUARI",
        source_hash,
        "layout",
        [6],
        [SheetColumn("O", "JUMLAH", "amount")],
        1,
        1,
    )
    return RawPartition("transactions", "IONS", JANUARY, frame, manifest)


def contents(directory: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(directory.rglob("*.parquet"))}


def test_an_unchanged_sheet_stays_byte_for_byte(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    assert store.load(partition("a")).changed == "transactions not loaded yet"
    before = contents(tmp_path)
    assert store.load(partition("a")).changed is None
    assert contents(tmp_path) == before


def test_a_changed_sheet_replaces_its_partition_whole(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"))
    before = store.partition_hashes()
    changed = store.load(partition("b", amount="2")).changed
    assert changed == "sheet 'JANUARI' of book.xlsx changed"
    frame = pl.read_parquet(store.glob("transactions"))
    assert frame.select("entity_code", "month_key", "source_row", "amount").rows() == [
        ("IONS", JANUARY.first_day, 7, "2")
    ]
    assert store.partition_hashes() != before


def test_a_table_that_is_no_longer_configured_goes(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"))
    nothing = RawPartition("transactions", "IONS", JANUARY, pl.DataFrame(), None)
    assert store.load(nothing).changed == "transactions is no longer configured"
    assert contents(tmp_path) == {}


def test_what_a_killed_process_leaves_behind_is_never_read(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"))
    killed = written_whole(tmp_path / "transactions" / "IONS" / "2026-01.parquet")
    with suppress(KeyboardInterrupt), killed as temporary:
        shutil.copy(tmp_path / "transactions" / "IONS" / "2026-01.parquet", temporary)
        assert pl.read_parquet(store.glob("transactions")).height == 1
        raise KeyboardInterrupt


def test_raw_files_of_an_older_form_are_all_dropped_though_a_removal_was_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RawStore(tmp_path)
    store.prepare()
    empty = contents(tmp_path)
    store.load(partition("a"))
    schema = tmp_path / "sheet_manifest" / "schema.parquet"
    pl.DataFrame(schema={"older": pl.String}).write_parquet(schema)
    unlink = Path.unlink
    with monkeypatch.context() as patch:

        def unlink_and_stop(path: Path) -> None:
            unlink(path)
            raise KeyboardInterrupt

        patch.setattr(Path, "unlink", unlink_and_stop)
        with pytest.raises(KeyboardInterrupt):
            store.prepare()
    store.prepare()
    assert contents(tmp_path) == empty
