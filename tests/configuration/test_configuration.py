import shutil
from pathlib import Path

import pytest
from conftest import CONFIG_DIR

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import ConfigurationError


def edited(tmp_path: Path, name: str, old: str, new: str) -> Configuration:
    """Return the configuration with one text replaced in one file."""
    target = tmp_path / "config"
    shutil.copytree(CONFIG_DIR, target)
    text = (target / name).read_text(encoding="utf-8")
    assert old in text
    (target / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return Configuration(target)


def test_the_shipped_configuration_covers_both_entities_and_all_years(
    configuration: Configuration,
) -> None:
    assert sorted(configuration.years) == [
        (entity, year) for entity in ("EPN", "IONS") for year in range(2023, 2027)
    ]
    columns = {
        year: len(configuration.years["IONS", year].tables["transactions"].columns)
        for year in range(2023, 2027)
    }
    assert columns == {2023: 15, 2024: 15, 2025: 15, 2026: 17}
    assert configuration.years["IONS", 2026].tables["students"].sheet_for(9) == "SEPTEMBER25"
    assert len(configuration.registry.channels) == 19


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (
            "ions-2026.yaml",
            "header_row: 6",
            "header_rw: 6",
            r"ions-2026\.yaml, line \d+: .*header_rw",
        ),
        ("ions-2026.yaml", "header_row: 6", "header_row: 0", "greater than or equal to 1. Found 0"),
        ("ions-2026.yaml", "2: FEBRUARI,", "2: JANUARI,", "sheet 'JANUARI' occurs twice"),
        ("ions-2026.yaml", "year: 2026", "year: 2025", "Expected the name ions-2025.yaml"),
        ("ions-2026.yaml", "entity: IONS", "entity: IONZ", "Did you mean 'IONS'"),
        (
            "epn-2024.yaml",
            "workbook: evaluation",
            "workbook: evalution",
            "Did you mean 'evaluation'",
        ),
        *(
            (
                "registry.yaml",
                'program_pattern: ".*"',
                f"program_pattern: '{pattern}'",
                "no regular exp",
            )
            for pattern in ("(?=x)", "(a)\\1", "[", "(?<!x)")
        ),
        (
            "registry.yaml",
            "brand: Neutron Priority",
            "brand: True  mandarin",
            r"entities.0.units: the brand of IONS 'True  mandarin' occurs twice",
        ),
        ("registry.yaml", 'color: "#C77700"', "color: orange", r"registry.yaml, line \d+.*orange"),
        (
            "ions-2026.yaml",
            "JUMLAH: amount",
            "JUMLAH: amonut",
            "no column 'amonut'. Did you mean 'amount'",
        ),
        ("ions-2026.yaml", "header_row: 6", "heder_row: 6", "Did you mean 'header_row'"),
        ("registry.yaml", "3: [MARET, MAR]", "3: [MARET, MEI]", "month word 'MEI' occurs twice"),
        ("registry.yaml", "{code: ICA,", "{code: ICC,", "unit code of IONS 'ICC' occurs twice"),
        ("registry.yaml", "aliases: [Teman]", "aliases: [Google]", "'Google' stands for"),
        ("registry.yaml", 'pattern: "NON', 'pattern: "(?!NON', "is no regular expression"),
        ("registry.yaml", "[OLAH, SUMMARY]", '[OLAH, ""]', r"ignored_sheets\.1"),
        ("registry.yaml", "12: [DESEMBER, DES]", "12: [DESEMBER, Nov]", "'Nov' occurs twice"),
        ("ions-2026.yaml", "3: MARET,", '3: "februari ",', "sheet 'februari ' occurs twice"),
        (
            "ions-2026.yaml",
            "JUMLAH: amount",
            "TUNAI: note",
            r"maps no header to amount. Add the line",
        ),
        (
            "ions-2026.yaml",
            "TENANT: unit",
            "TENANT: unit\n      Tenant: note",
            "header 'Tenant' occ",
        ),
        ("ions-2026.yaml", "block: A:D", "block: D:A", "ends before it begins"),
        ("ions-2026.yaml", "header_row: 6", "header_row: 1048577", "less than or equal to 1048576"),
        ("ions-2026.yaml", "[10, 11]", "[10, 12]", "are not adjacent rows"),
        ("ions-2026.yaml", "data_start_row: 12", "data_start_row: 11", "is not below the header"),
        (
            "ions-2026.yaml",
            "sheet: REFERENSI",
            "sheet: JANUARI26",
            "sheet 'JANUARI26' occurs twice",
        ),
        ("ions-2026.yaml", "year: 2026", "year: 2026\nyear: 2025", "line 4: the key 'year' occurs"),
        (
            "ions-2026.yaml",
            "LAPORAN EVALUASI IONs 2026",
            "LAPORAN EVALUASI IONs 2025",
            r"ions-2026.yaml, line 5: the workbook .* belongs to ions-2025.yaml already",
        ),
        (
            "ions-2026.yaml",
            "LAPORAN EVALUASI IONs 2026",
            "../LAPORAN EVALUASI IONs 2025",
            r"ions-2026.yaml, line 5: .* is more than a file's name",
        ),
        (
            "registry.yaml",
            "name: True Mandarin,",
            'name: "T\\0M",',
            "has a character that cannot be shown",
        ),
        ("registry.yaml", "name: True Mandarin,", 'name: "\\ud83d",', "line 12"),
        ("registry.yaml", "name: True Mandarin,", "name: '  ',", "line 12"),
        ("registry.yaml", "months_before: 24", f"months_before: {10**30}", "less than or equal"),
        (
            "registry.yaml",
            "renewal_window_days: 365",
            "renewal_window_days: -1",
            "greater than or equal",
        ),
    ],
)
def test_a_mistake_names_file_key_and_what_is_expected(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    configuration = edited(tmp_path, name, old, new)
    with pytest.raises(ConfigurationError, match=told):
        _ = configuration.registry, configuration.years


def test_an_unknown_entity_or_unit_lists_the_known_ones(configuration: Configuration) -> None:
    with pytest.raises(ConfigurationError, match=r"no entity 'inos'. Did you mean 'IONS'.*EPN"):
        configuration.registry.entity("inos")
    with pytest.raises(ConfigurationError, match="IONS has no unit 'XYZ'"):
        configuration.registry.entity("IONS").unit("XYZ")


def test_a_third_entity_needs_configuration_only(tmp_path: Path) -> None:
    third = (
        "  - code: NEW\n    name: New\n    full_name: PT New\n    units:\n"
        '      - {code: ONE, name: One, brand: One, receipt_prefix: NE, color: "#123456"}\n'
    )
    configuration = edited(tmp_path, "registry.yaml", "\n# A word in", f"{third}\n# A word in")
    text = (CONFIG_DIR / "epn-2026.yaml").read_text(encoding="utf-8")
    path = configuration.config_dir / "new-2026.yaml"
    path.write_text(text.replace("EPN", "NEW"), encoding="utf-8")
    assert ("NEW", 2026) in configuration.years
