import shutil
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest

from atlas_assets.files import written_whole
from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition
from atlas_assets.sources.adapter import (
    ControlAmount,
    ControlReading,
    RawPartition,
    SheetColumn,
    SheetManifest,
)
from atlas_assets.sources.raw_store import RawStore

JANUARY = Month(2026, 1)


def partition(source_hash: str, *, amount: str = "1") -> RawPartition:
    frame = pl.DataFrame({"source_row": [7], "amount": [amount]})
    manifest = SheetManifest(
        "test",
        "book.xlsx",
        "JANUARI",
        source_hash * 64,
        "layout" * 10,
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
    assert changed == "book.xlsx, sheet JANUARI changed"
    frame = pl.read_parquet(store.raw_dir / "transactions")
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
        assert pl.read_parquet(f"{tmp_path}/transactions/**/*.parquet").height == 1
        raise KeyboardInterrupt


def test_a_single_flipped_bit_is_noticed(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"), ControlReading([ControlAmount(7, Decimal(1), is_total=False)]))
    random = Random(1)
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        for _ in range(40):
            at, bit = random.randrange(len(whole)), 1 << random.randrange(8)
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            assert store.damaged() == [("transactions", Partition("IONS", JANUARY))]
            assert store.partition_hashes() == {}
            assert [p.name for p in store.manifests("IONS", 2026)] == ["schema.parquet"]
            assert [p.name for p in store.controls("IONS", 2026)] == ["schema.parquet"]
            assert "damaged" in store.refusals("IONS", 2026)["transactions", JANUARY]
            assert store.load(partition("a")).changed
        path.write_bytes(whole)
    store.load(partition("a"), ControlReading([ControlAmount(7, Decimal(1), is_total=False)]))
    assert store.damaged() == []


@pytest.mark.parametrize(
    "folder", ["transactions", "sheet_manifest/transactions", "seals/transactions"]
)
def test_a_file_that_is_cut_off_or_missing_is_noticed(tmp_path: Path, folder: str) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"))
    (path,) = (tmp_path / folder / "IONS").iterdir()
    for content in (path.read_bytes()[:-10], b"", None):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        changed = store.load(partition("a")).changed
        assert changed
        assert "incomplete, damaged, or of an earlier version" in changed
        assert store.damaged() == []


def test_a_damaged_file_without_rows_is_written_again(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.prepare()
    before = contents(tmp_path)
    for path in before:
        Path(path).write_bytes(b"garbage")
    store.prepare()
    assert contents(tmp_path) == before


def test_raw_files_of_an_earlier_form_are_loaded_again(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"))
    (seal,) = (tmp_path / "seals" / "transactions" / "IONS").iterdir()
    seal.write_text(seal.read_text("utf-8").replace('"form": 4', '"form": 3'), "utf-8")
    assert store.damaged() == [("transactions", Partition("IONS", JANUARY))]


def test_a_removal_that_was_cut_off_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RawStore(tmp_path)
    store.load(partition("a"))
    unlink = Path.unlink
    with monkeypatch.context() as patch:

        def unlink_and_stop(path: Path, **options: bool) -> None:
            unlink(path, **options)
            raise KeyboardInterrupt

        patch.setattr(Path, "unlink", unlink_and_stop)
        with pytest.raises(KeyboardInterrupt):
            store.forget("transactions", "IONS", JANUARY)
    assert store.damaged() == [("transactions", Partition("IONS", JANUARY))]
    store.forget("transactions", "IONS", JANUARY)
    assert store.loaded() == []


def test_a_second_reading_of_another_layout_is_outdated(tmp_path: Path) -> None:
    store = RawStore(tmp_path)
    first = partition("a")
    assert store.needs_control(first)
    store.load(first, ControlReading())
    assert not store.needs_control(first)
    assert first.manifest
    judged_otherwise = replace(first, manifest=replace(first.manifest, layout_hash="another"))
    assert store.needs_control(judged_otherwise)
