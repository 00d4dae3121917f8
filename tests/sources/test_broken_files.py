"""Every broken, foreign or hostile file: refused with advice, or read with every row accounted for."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import broken_workbooks as broken
import polars as pl
import pytest
from conftest import CONFIG_DIR, Installation

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import SourceError
from atlas_assets.periods.calendar import Month
from atlas_assets.sources.adapter import RawPartition
from atlas_assets.sources.isolation import IsolatedSource
from atlas_assets.sources.raw_store import RawStore
from atlas_assets.sources.workbook.adapter import WorkbookAdapter

JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)


pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("source")


@pytest.fixture(scope="module")
def source(folder: Path) -> IsolatedSource:
    return IsolatedSource(WorkbookAdapter(folder, Configuration(CONFIG_DIR)))


@pytest.fixture
def workbook(folder: Path) -> Iterator[Path]:
    for left in folder.iterdir():
        left.unlink()
    return folder / broken.NAME


def transactions(source: IsolatedSource, month: Month = FEBRUARY) -> RawPartition:
    """Load the partition, and return it with the rows that have come into the store."""
    with TemporaryDirectory() as folder:
        store = RawStore(Path(folder))
        partition = source.load(store, "transactions", "IONS", month).partition
        return replace(
            partition,
            frame=pl.read_parquet(store.raw_dir / "transactions"),
        )


def amounts(partition: RawPartition) -> list[str]:
    return partition.frame["amount"].to_list()


SOUND = [str(1_000_000 + number) for number in range(1, broken.ROWS + 1)]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (broken.truncated, "is cut off or damaged.*still being copied: copy it again"),
        (broken.half_copied, "is cut off or damaged.*still being copied: copy it again"),
        (broken.nothing_in_it, r"is empty \(0 bytes\)"),
        (broken.protected_by_password, "is protected by a password. Remove the password"),
        (broken.html, r"its content is a web page \(HTML\).*save it as .xlsx"),
        (broken.csv, "its content is text, perhaps CSV.*save it as .xlsx"),
        (broken.another_archive, "cannot be read as a workbook"),
        (broken.zip_bomb, "would unpack to 2,0[0-9]+ MiB; more than 2,048 MiB is refused"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(
    source: IsolatedSource, workbook: Path, make: Callable[[Path], None], told: str
) -> None:
    make(workbook)
    with pytest.raises(SourceError, match=told) as refused:
        transactions(source)
    assert str(refused.value).startswith(broken.NAME)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (broken.damaged_sheet, "the file is damaged"),
        (broken.missing_part, "the file is damaged"),
        (broken.lying_zip_bomb, "the file is damaged"),
        (
            lambda path: broken.cells_added(broken.sound(path), (1_048_576, "XFD", "x")),
            "reach to XFD1048576. Delete what stands far outside",
        ),
        (
            lambda path: broken.cells_added(broken.sound(path), (200_001, "ZY", "x")),
            "reach to ZY200001. Delete what stands far outside",
        ),
    ],
)
def test_a_hostile_sheet_is_refused_and_the_others_are_read(
    source: IsolatedSource, workbook: Path, make: Callable[[Path], None], told: str
) -> None:
    make(workbook)
    with pytest.raises(SourceError, match=f"sheet 'FEBRUARI'.*{told}"):
        transactions(source)
    assert amounts(transactions(source, JANUARY)) == SOUND


@pytest.mark.parametrize(
    "make",
    [
        broken.sheet_protected,
        broken.rich_text,
        broken.strict_ooxml,
        broken.old_xls,
        broken.binary_xlsb,
        broken.open_document,
        broken.formatted_to_the_last_row,
        lambda path: broken.sound(path, date_1904=True),
        lambda path: broken.sound(path, [*broken.SHEETS, *(f"S{n}" for n in range(197))]),
        lambda path: broken.cells_added(broken.sound(path), (1_048_576, "A", " ")),
    ],
)
def test_what_only_looks_odd_is_read_like_any_other(
    source: IsolatedSource, workbook: Path, make: Callable[[Path], None]
) -> None:
    make(workbook)
    partition = transactions(source)
    records = [broken.record("FEBRUARI", number) for number in range(1, broken.ROWS + 1)]
    assert partition.frame.select(
        "row_number", "transaction_date", "student_name", "amount", "note"
    ).rows() == [(str(r[0]), str(r[1])[:10], r[3], str(r[14]), None) for r in records]
    assert partition.manifest
    assert partition.manifest.rows_read == broken.ROWS
    is_xml = make not in {broken.old_xls, broken.binary_xlsb}
    assert [text.split(":")[0] for text in partition.manifest.warnings] == (
        [] if is_xml else ["the sheet could not be inspected (it is no XML)"]
    )


def test_hidden_rows_columns_and_sheets_count(source: IsolatedSource, workbook: Path) -> None:
    broken.hidden(workbook)
    partition = transactions(source)
    assert amounts(partition) == SOUND
    assert partition.manifest
    assert partition.manifest.warnings == ["the sheet is hidden; its rows are counted all the same"]


def test_a_formula_that_was_never_calculated_is_an_error_and_no_empty_cell(
    source: IsolatedSource, workbook: Path
) -> None:
    broken.uncalculated(workbook)
    partition = transactions(source)
    assert amounts(partition)[2] == "#UNCALCULATED!"
    assert partition.frame["student_name"][3] == "#UNCALCULATED!"
    assert partition.manifest
    assert "never calculated: O9, D10. Open the workbook" in partition.manifest.warnings[0]


def test_merged_cells_among_the_data_are_told(source: IsolatedSource, workbook: Path) -> None:
    broken.merged(workbook)
    partition = transactions(source)
    assert partition.frame["student_name"].to_list()[2:5] == ["Siswa 3", None, "Siswa 5"]
    assert partition.manifest
    assert "merged cells among the data: D9:D10." in partition.manifest.warnings[0]


def test_error_cells_keep_their_text(source: IsolatedSource, workbook: Path) -> None:
    broken.errors(workbook)
    partition = transactions(source)
    assert amounts(partition)[2] == "#REF!"
    assert partition.frame["organization_name"][3] == "#DIV/0!"


def test_a_stray_cell_far_to_the_right_is_kept_and_told(
    source: IsolatedSource, workbook: Path
) -> None:
    broken.cells_added(broken.sound(workbook), (6, "XFD", "stray"))
    partition = transactions(source)
    assert amounts(partition) == SOUND
    assert partition.manifest
    assert partition.manifest.warnings == [
        "column XFD (stray) is not in the configuration; kept as 'stray'"
    ]


def test_a_stray_cell_far_below_costs_a_range_and_no_million_of_entries(
    source: IsolatedSource, workbook: Path
) -> None:
    broken.cells_added(broken.sound(workbook), (1_048_576, "A", "x"))
    partition = transactions(source)
    assert amounts(partition) == SOUND
    assert partition.manifest
    assert [(r.reason, r.first_row, r.last_row) for r in partition.manifest.not_data] == [
        ("blank", 19, 1_048_575),
        ("signature", 1_048_576, 1_048_576),
    ]


def test_a_number_with_three_decimals_is_no_thousands(
    source: IsolatedSource, workbook: Path
) -> None:
    def edit(book: object) -> None:
        book["FEBRUARI"]["O7"], book["FEBRUARI"]["O8"] = 333_333.333, "333.333"

    broken.edited(workbook, edit)
    assert amounts(transactions(source))[:2] == ["333333.3330", "333.333"]


def test_what_concerns_the_whole_workbook_is_warned_of(
    source: IsolatedSource, workbook: Path
) -> None:
    broken.sound(workbook, [*broken.SHEETS, "JANUARI (2)", "OLAH DATA"], date_1904=True)
    workbook.with_name(f"~${workbook.name}").touch()
    told = source.warnings("IONS", 2026)
    assert [text.removeprefix(workbook.name) for text in told] == [
        " is open in the office program; its saved state was read",
        ": sheet 'JANUARI (2)' is not in the configuration and was not read",
    ]


def test_an_empty_sheet_and_a_missing_one_say_so(source: IsolatedSource, workbook: Path) -> None:
    broken.edited(workbook, lambda book: book["FEBRUARI"].delete_rows(1, 30))
    with pytest.raises(SourceError, match=r"'FEBRUARI' is empty. Expected the header in row 6"):
        transactions(source)
    with pytest.raises(SourceError, match=r"no sheet 'APRIL'.*Sheets found: 'JANUARI'"):
        transactions(source, Month(2026, 4))


def test_broken_files_fail_the_command_and_leave_everything_else_alone(
    installation: Installation,
) -> None:
    folder = installation.root / "source"
    raw = installation.settings.raw_dir
    installation.atlas("extract", "--entity", "EPN", "--period", "2025-01..2025-03")
    before = {path: path.read_bytes() for path in raw.glob("**/EPN/*.parquet")}
    january = "xl/worksheets/sheet2.xml"
    broken.cells_added(
        folder / "LAPORAN EVALUASI EPN 2025.xlsx", (1_048_576, "XFD", "x"), part=january
    )
    broken.protected_by_password(folder / "DATABASE SISWA EPN 2025.xlsx")
    built = installation.atlas("build", "--period", "2025-01", status=1)
    assert "IONS-2025-01.json" in built.stdout  # the other entity has its report
    assert "EPN-2025-01.json" not in built.stdout
    assert "DATABASE SISWA EPN 2025.xlsx is protected by a password" in built.stderr
    assert "sheet 'JANUARI' cannot be read" in built.stderr
    assert "reach to XFD1048576" in built.stderr
    assert "Traceback" not in built.stderr + built.stdout
    assert {path: path.read_bytes() for path in raw.glob("**/EPN/*.parquet")} == before
    written = installation.root / "output" / "validation" / "EPN-2025-validation.json"
    told = json.loads(written.read_text(encoding="utf-8"))
    assert [(sheet["table"], sheet["month"]) for sheet in told["refused"]] == [
        ("transactions", "2025-01"),
        ("students", "2025-01"),
        ("organizations", "2025-01"),
    ]


def mutated(content: bytes, random_: random.Random) -> bytes:
    """Return the content with some bytes flipped, cut out, doubled, or the end cut off."""
    data = bytearray(content)
    for _ in range(random_.choice([1, 1, 2, 8, 64])):
        at = random_.randrange(len(data))
        length = random_.choice([1, 1, 4, 64, 1024])
        match random_.randrange(4):
            case 0:
                data[at] ^= 1 << random_.randrange(8)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                data[at : at + length] = random_.randbytes(length)
    return bytes(data) or b"\0"


@pytest.mark.parametrize(
    ("make", "mutations"),
    [
        (broken.sound, 260),
        (broken.old_xls, 60),
        (broken.binary_xlsb, 100),
        (broken.open_document, 100),
    ],
)
def test_no_mutation_of_a_workbook_crashes_hangs_or_loads_by_halves(
    source: IsolatedSource,
    workbook: Path,
    tmp_path: Path,
    make: Callable[[Path], None],
    mutations: int,
) -> None:
    make(workbook)
    content = workbook.read_bytes()
    store = RawStore(tmp_path)
    source.load(store, "transactions", "IONS", FEBRUARY)
    random_ = random.Random(make.__name__)
    problems: list[str] = []
    for _ in range(mutations):
        before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
        workbook.write_bytes(mutated(content, random_))
        try:
            partition = source.load(store, "transactions", "IONS", FEBRUARY).partition
        except SourceError as error:
            problems.append(str(error))
            assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
        else:
            manifest = partition.manifest
            assert manifest
            not_data = sum(found.count for found in manifest.not_data)
            assert manifest.rows_read == manifest.rows_kept + not_data
            assert pl.read_parquet(store.raw_dir / "transactions").height == manifest.rows_kept
    assert problems
    assert all(workbook.name in told and "Traceback" not in told for told in problems)
