"""`atlas validate --config` reads everything that a build will read."""

import shutil
from pathlib import Path

import pytest
from conftest import CONFIG_DIR

from atlas_assets.errors import ConfigurationError
from atlas_assets.settings import Settings
from atlas_assets.workspace import Workspace


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source folder with the shipped configuration and no workbooks."""
    shutil.copytree(CONFIG_DIR, tmp_path / "source" / "config")
    return tmp_path / "source"


def workspace(source: Path) -> Workspace:
    return Workspace(Settings(source_dir=source, dagster_home=source.parent / "dagster"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "IONZ-2026-02",
            "",
            "IONZ-2026-02.yaml is not read.*no entity 'IONZ'. Did you mean 'IONS'",
        ),
        ("IONS-2026-13", "", "IONS-2026-13.yaml is not read.*from 1 to 12"),
        ("IONS-Feb", "", "not a period"),
        ("ions-2026-02", "", "Rename it to IONS-2026-02.yaml"),
        ("IONS-2026-01..2026-03", "", "Rename it to IONS-2026-Q1.yaml"),
        (
            "IONS-2026-02",
            "sumary: [a]",
            "line 1: sumary: there is no such key. Did you mean 'summary'",
        ),
        (
            "IONS-2026-02",
            "summary: [a]\nunits:\n  TMM: {}",
            "line 3: IONS has no unit 'TMM'. Did you",
        ),
        (
            "IONS-2026-02",
            "units:\n  TM:\n    revenue:\n      - {month: 2024-02, text: a}",
            "line 4: the chart of TM has no month '2024-02'; it shows 2025-02 to 2026-02",
        ),
        (
            "IONS-2026-02",
            "units:\n  TM:\n    channels:\n      - {month: 2026-02, text: a}",
            "line 4: 'a' has a month, but only",
        ),
    ],
)
def test_a_wrong_file_of_remarks_is_named(source: Path, name: str, text: str, told: str) -> None:
    (source / "commentary").mkdir()
    (source / "commentary" / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        workspace(source).check()


def test_all_files_are_read_and_all_mistakes_named(source: Path) -> None:
    (source / "config" / "template.pptx").write_bytes(b"no deck")
    (source / "commentary").mkdir()
    (source / "commentary" / "EPN-2026-02.yaml").write_text("units: {A: {}, B: {}}", "utf-8")
    edit(source / "config" / "strings.yaml", 'en: "Monthly report of {entity}"', "en: '{entity'")
    with pytest.raises(ConfigurationError) as refused:
        workspace(source).check()
    assert "strings.yaml, line 4: cover_title_monthly.en" in str(refused.value)
    edit(source / "config" / "strings.yaml", "en: '{entity'", "en: '{entity}'")
    with pytest.raises(ConfigurationError) as refused:
        workspace(source).check()
    assert "template.pptx cannot be opened" in str(refused.value)
    (source / "config" / "template.pptx").unlink()
    with pytest.raises(ConfigurationError, match=r"no unit 'A'[\s\S]*no unit 'B'"):
        workspace(source).check()


def test_what_looks_wrong_and_stops_nothing_is_remarked(source: Path) -> None:
    config = source / "config"
    edit(config / "strings.yaml", "cover_title_monthly: {id:", "cover_title_montly: {id:")
    edit(config / "strings.yaml", "en: ", "eng: ")
    edit(config / "epn-2026.yaml", " 3: MARET,", "")
    edit(
        config / "epn-2026.yaml",
        "      NAMA SISWA: student_name",
        "      SISWA: student_name\n      NAMA SISWA: student_name",
    )
    (source / "LAPORAN EVALUASI EPN 2023 baru.xlsx").touch()
    assert workspace(source).check()
    remarks = workspace(source).remarks_on_configuration()
    for told in (
        "epn-2023.yaml, line 6: LAPORAN EVALUASI EPN 2023.xlsx is not in",
        "Did you mean 'LAPORAN EVALUASI EPN 2023 baru.xlsx'?",
        "transactions have no sheet for the months 3",
        "'SISWA' and 'NAMA SISWA' are both student_name",
        "no report has a text 'cover_title_montly'. Did you mean 'cover_title_monthly'?",
    ):
        assert any(told in remark for remark in remarks), (told, remarks)
