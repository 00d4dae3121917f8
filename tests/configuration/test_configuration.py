import re
import shutil
from pathlib import Path

import pytest
from conftest import CONFIG_DIR

from atlas_assets.configuration.configuration import Configuration
from atlas_assets.errors import ConfigurationError
from atlas_assets.warehouse.registry_tables import registry_tables


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
    assert configuration.years["IONS", 2026].sheet_of("students", 9) == "SEPTEMBER25"
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
        (
            "ions-2026.yaml",
            "    header_row: 6",
            "    header_row: 6\n    values: {amont: '5'}",
            "no column 'amont'. Did you mean 'amount'",
        ),
        (
            "ions-2026.yaml",
            "    header_row: 6",
            "    header_row: 6\n    values: {unit: REAL}",
            r"unit has a value for every row, but also a header",
        ),
        ("ions-2026.yaml", "year: 2026", "year: 2026\nfirst_month: 13", "less than or equal to 12"),
        (
            "ions-2025.yaml",
            "year: 2025",
            "year: 2025\nfirst_month: 7",
            r"ions-2026.yaml, line 4: 2026-01 is described by ions-2025.yaml already",
        ),
        ("registry.yaml", "entities:", "currency: {code: EUR}\nentities:", r"symbol.* is missing"),
        (
            "registry.yaml",
            "entities:",
            "currency: {code: Euro, symbol: €, name: euro}\nentities:",
            "three capital letters, such as EUR",
        ),
        (
            "registry.yaml",
            "entities:",
            "currency: {code: EUR, symbol: €, name: euro, aliases: ['E-5']}\nentities:",
            "'E-5' has a character that belongs to numbers",
        ),
        (
            "registry.yaml",
            "entities:",
            "currency: {code: EUR, symbol: €, name: euro, units: [{size: 1000, words: {}}]}\nentities:",
            "expected at least 1",
        ),
        (
            "registry.yaml",
            "entities:",
            "currency: {code: EUR, symbol: €, name: euro, units: [{size: 9, words: {de: T}}]}\nentities:",
            "'id'",
        ),
        (
            "registry.yaml",
            "entities:",
            "fiscal_year_start: 0\nentities:",
            "greater than or equal to 1",
        ),
        ("registry.yaml", "entities:", "fiscal_year_start: July\nentities:", "whole number"),
        ("ions-2026.yaml", "header_row: 6", "header_row: 1048577", "less than or equal to 1048576"),
        ("ions-2026.yaml", "[10, 11]", "[10, 12]", "are not adjacent rows"),
        ("ions-2026.yaml", "data_start_row: 12", "data_start_row: 11", "is not below the header"),
        (
            "ions-2026.yaml",
            "sheet: REFERENSI",
            "sheet: JANUARI26",
            "sheet 'JANUARI26' occurs twice",
        ),
        ("ions-2026.yaml", "year: 2026", "year: 2026\nyear: 2025", "line 5: the key 'year' occurs"),
        (
            "ions-2026.yaml",
            "LAPORAN EVALUASI IONs 2026",
            "LAPORAN EVALUASI IONs 2025",
            r"ions-2026.yaml, line 6: the workbook .* belongs to ions-2025.yaml already",
        ),
        (
            "ions-2026.yaml",
            "LAPORAN EVALUASI IONs 2026",
            "../LAPORAN EVALUASI IONs 2025",
            r"ions-2026.yaml, line 6: .* is more than a file's name",
        ),
        (
            "registry.yaml",
            "name: True Mandarin,",
            'name: "T\\0M",',
            "has a character that cannot be shown",
        ),
        ("registry.yaml", "name: True Mandarin,", 'name: "\\ud83d",', "line 13"),
        ("registry.yaml", "name: True Mandarin,", "name: '  ',", "line 13"),
        ("registry.yaml", "months_before: 24", f"months_before: {10**30}", "less than or equal"),
        (
            "registry.yaml",
            "renewal_window_days: 365",
            "renewal_window_days: -1",
            "greater than or equal",
        ),
        (
            "registry.yaml",
            "full_name: Grup Neutron Yogyakarta",
            "",
            "is missing. It says: The name in full",
        ),
        (
            "registry.yaml",
            "group: {",
            "grup: {",
            "no such key. Did you mean 'group'. Known: group, ent",
        ),
        (
            "registry.yaml",
            "category: digital}",
            "category: digitl}",
            "'conventional' or 'digital'. Found",
        ),
        (
            "registry.yaml",
            "settles: true, aliases: [LUNAS]",
            "settles: yeah, aliases: [LUNAS]",
            "expected true or false",
        ),
        ("registry.yaml", "close_day: 5", "close_day: 31", "less than or equal to 28. Found 31"),
        (
            "registry.yaml",
            "close_day: 5",
            "close_day: fifth",
            "expected a whole number. Found 'fifth'",
        ),
        ("registry.yaml", "close_day: 5", "close_day: 5.5", "expected a whole number. Found 5.5"),
        (
            "registry.yaml",
            "Asia/Jakarta",
            "Asia/Djakarta",
            "not a time zone. Did you mean 'Asia/Jakarta'?",
        ),
        ("registry.yaml", "weekly_day: monday", "weekly_day: senin", "'monday', 'tuesday'"),
        (
            "registry.yaml",
            "aliases: [Teman]",
            "aliases: Teman",
            r"expected a list, such as \[one, two\]. Found 'Teman'",
        ),
        (
            "registry.yaml",
            "aliases: [Teman]",
            "aliases: [12]",
            "expected a text; put it into quotes. Found 12",
        ),
        ("registry.yaml", "aliases: [Teman]", "aliases: [no]", "put it into quotes. Found False"),
        (
            "registry.yaml",
            "honorifics: [SDR,",
            f"honorifics: [{'x' * 201},",
            "at most 200 characters",
        ),
        ("registry.yaml", "  12: [DESEMBER, DES]", "", "no word for the months 12"),
        (
            "registry.yaml",
            "  12: [DESEMBER, DES]",
            "  13: [DESEMBER, DES]",
            "less than or equal to 12",
        ),
        (
            "registry.yaml",
            "code: IONS\n",
            "code: ions\n",
            "capital letters, digits and underscores",
        ),
        ("registry.yaml", "  - code: EPN", "  - code: IONS", "entity code 'IONS' occurs twice"),
        ("registry.yaml", "unit: WLC_ENGLISH}", "unit: WLC_ENGLIS}", "Did you mean 'WLC_ENGLISH'"),
        (
            "registry.yaml",
            "written: WLC, program",
            "written: TM, program",
            "'TM' stands for 'True Mandarin'",
        ),
        (
            "registry.yaml",
            "{code: cash, name: Cash,",
            "{code: cash, name: Transfer,",
            "'transfer' stands for 'Transfer'",
        ),
        (
            "registry.yaml",
            "organization_levels: [TK,",
            "organization_levels: [sd,",
            "level 'SD' occurs twice",
        ),
        ("registry.yaml", "entities:\n", "entities: []\nold:\n", "expected at least 1, found 0"),
        ("registry.yaml", "calendar: {", "calendar: [", "line 106"),
        ("ions-2026.yaml", "header_row: 6", "", "give either `header_row` or `merge_header_rows`"),
        (
            "ions-2026.yaml",
            "header_row: 6",
            "header_row: '6'",
            "expected a whole number. Found '6'",
        ),
        ("ions-2026.yaml", "[10, 11]", "[]", "are not adjacent rows"),
        (
            "ions-2026.yaml",
            "block: A:D",
            "block: A-D",
            "the letters of the first and the last column",
        ),
        ("ions-2026.yaml", "  transactions:", "  transaction:", "Found 'transaction'"),
        ("ions-2026.yaml", "year: 2026", "year: 20266", "less than or equal to 2100"),
        ("ions-2026.yaml", "year: 2026", "", "It says: The year"),
        ("ions-2026.yaml", "2: FEBRUARI,", "13: FEBRUARI,", "less than or equal to 12"),
        ("ions-2026.yaml", "JUMLAH: amount", "JUMLAH: [amount]", "expected a text"),
        ("ions-2026.yaml", "entity: IONS", "entity: [IONS]", "expected a text"),
    ],
)
def test_a_mistake_names_file_line_and_what_is_expected(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    configuration = edited(tmp_path, name, old, new)
    with pytest.raises(ConfigurationError, match=told) as refused:
        configuration.check()
    for line in str(refused.value).splitlines():
        assert re.match(r".*/\w[\w-]+\.yaml, line \d+: \S", line)
        assert line.endswith((".", "?"))
        assert not re.search(r"Input should|Extra inputs|Field required|pydantic", line)


def test_all_mistakes_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    configuration = edited(tmp_path, "registry.yaml", "12: [DESEMBER, DES]", "12: [Nov, Okt]")
    for name, key in (("ions-2026", "header_row: 6"), ("epn-2024", "workbook: evaluation")):
        path = configuration.config_dir / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace(key, "wrong: 1", 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        configuration.check()
    told = str(refused.value)
    assert all(word in told for word in ("'Nov' occurs", "'Okt' occurs", "ions-2026", "epn-2024"))


@pytest.mark.parametrize("name", ["kursus_2026.yaml", "ions-26.yaml", "registry.yml", "notes.yaml"])
def test_a_file_that_nothing_reads_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copytree(CONFIG_DIR, tmp_path / "config")
    (tmp_path / "config" / name).write_text("entity: IONS\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"{name} is not read\. Name it <entity>-<year>"):
        Configuration(tmp_path / "config").check()


def test_only_group_and_entities_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(
        "group: {name: G, full_name: Group}\nentities:\n  - code: ONE\n    name: One\n"
        "    full_name: One Ltd\n    units:\n"
        '      - {code: U, name: Unit, brand: Unit, color: "#123456"}\n',
        encoding="utf-8",
    )
    registry = Configuration(tmp_path).registry
    tables = registry_tables(registry)
    assert registry.months[5] == ["MEI", "MAY"]
    assert [len(tables[name]) for name in ("registry_channels", "registry_program_units")] == [0, 0]
    assert tables["registry_units"]["receipt_prefix"].to_list() == [None]


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
