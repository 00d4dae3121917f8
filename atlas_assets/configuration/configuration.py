"""The folder `source/config`: the registry and the yearly files, read and validated."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.configuration.registry import Registry
from atlas_assets.configuration.workbook_year import WorkbookYear, file_key
from atlas_assets.documents.mistakes import placed
from atlas_assets.documents.strict_model import KeyedError
from atlas_assets.documents.yaml_file import load
from atlas_assets.errors import ConfigurationError
from atlas_assets.periods.calendar import MONTHS_A_YEAR, Month

if TYPE_CHECKING:
    from pathlib import Path


class Configuration:
    """Everything in one `config` folder: the registry and the yearly files, each read once.

    Its properties raise ConfigurationError if a file is missing or wrong.
    """

    def __init__(self, config_dir: Path) -> None:
        self.config_dir = config_dir

    def __getstate__(self) -> dict[str, object]:
        """Hand to other processes what was read here, never what the files say by then."""
        _ = self.registry, self.years
        return self.__dict__

    @cached_property
    def registry(self) -> Registry:
        """The validated `registry.yaml`."""
        return load(self.config_dir / "registry.yaml", Registry)

    @cached_property
    def years(self) -> dict[tuple[str, int], WorkbookYear]:
        """The validated `<entity>-<year>.yaml` files by entity code and year."""
        years: dict[tuple[str, int], WorkbookYear] = {}
        problems: list[str] = []
        for path in self._year_paths():
            try:
                year = self._year(path)
                years[year.entity, year.year] = year
            except ConfigurationError as error:
                problems.append(str(error))
        if problems:
            raise ConfigurationError("\n".join(dict.fromkeys(problems)))
        if not years:
            raise ConfigurationError(
                f"{self.config_dir} has no file like ions-2026.yaml. Add one for each entity and "
                "year; `source/config` in the project shows how."
            )
        self._refuse_shared_workbooks(years)
        self._refuse_shared_months(years)
        return years

    def year_of(self, entity: str, month: Month) -> WorkbookYear | None:
        """Return the yearly file that describes a month of an entity, or None if none does."""
        return self._by_month.get((entity, month))

    def months_of(self, entity: str) -> list[Month]:
        """Return the months of an entity that a yearly file describes, in order."""
        return sorted(month for whose, month in self._by_month if whose == entity)

    def years_in(self, entity: str, year: int) -> list[WorkbookYear]:
        """Return the yearly files that describe a month of a calendar year, in order."""
        found = [self.year_of(entity, Month(year, n)) for n in range(1, MONTHS_A_YEAR + 1)]
        return list({described.year: described for described in found if described}.values())

    @cached_property
    def _by_month(self) -> dict[tuple[str, Month], WorkbookYear]:
        return {(year.entity, month): year for year in self.years.values() for month in year.months}

    def check(self) -> list[Path]:
        """Read every file and return their paths. Raises ConfigurationError with all that is wrong."""
        problems: list[str] = []
        for name in ("registry", "years"):
            try:
                getattr(self, name)
            except ConfigurationError as error:
                problems += str(error).splitlines()
        if problems:
            raise ConfigurationError("\n".join(dict.fromkeys(problems)))
        return [self.config_dir / "registry.yaml", *self._year_paths()]

    def _year_paths(self) -> list[Path]:
        """Return the yearly files. Raises ConfigurationError for files that nothing would read."""
        years = sorted(self.config_dir.glob("*-[0-9][0-9][0-9][0-9].yaml"))
        known = {*years, *(self.config_dir / name for name in ("registry.yaml", "strings.yaml"))}
        files = {*self.config_dir.glob("*.yaml"), *self.config_dir.glob("*.yml")}
        if unread := sorted(files - known):
            raise ConfigurationError(
                "\n".join(
                    f"{path} is not read. Name it <entity>-<year>.yaml, as in ions-2026.yaml, or move it "
                    "out of this folder."
                    for path in unread
                )
            )
        return years

    def _year(self, path: Path) -> WorkbookYear:
        year, registry = load(path, WorkbookYear), self.registry
        try:
            registry.entity(year.entity)
        except ConfigurationError as error:
            mistake = KeyedError(["entity"], f"entity: {error} `registry.yaml` lists them")
            raise ConfigurationError(placed(path, [mistake])) from error
        expected = f"{year.entity.lower()}-{year.year}.yaml"
        if path.name != expected:
            mistake = KeyedError(
                ["year"], f"describes {year.entity} {year.year}. Expected the name {expected}"
            )
            raise ConfigurationError(placed(path, [mistake]))
        return year

    def _refuse_shared_workbooks(self, years: dict[tuple[str, int], WorkbookYear]) -> None:
        owners: dict[str, WorkbookYear] = {}
        problems: list[str] = []
        for year in years.values():
            for key, name in year.workbooks.items():
                if (other := owners.setdefault(file_key(name), year)) is not year:
                    mistake = KeyedError(
                        ["workbooks", key],
                        f"the workbook {name!r} belongs to {self.path_of(other).name} already. Every "
                        "year of an entity has workbooks of its own",
                    )
                    problems.append(placed(self.path_of(year), [mistake]))
        if problems:
            raise ConfigurationError("\n".join(problems))

    def _refuse_shared_months(self, years: dict[tuple[str, int], WorkbookYear]) -> None:
        owners: dict[tuple[str, Month], WorkbookYear] = {}
        for year in years.values():
            for month in year.months:
                if (other := owners.setdefault((year.entity, month), year)) is not year:
                    mistake = KeyedError(
                        ["first_month" if year.first_month > 1 else "year"],
                        f"{month} is described by {self.path_of(other).name} already",
                    )
                    raise ConfigurationError(placed(self.path_of(year), [mistake]))

    def path_of(self, year: WorkbookYear) -> Path:
        """Return the file that a year's configuration was read from."""
        return self.config_dir / f"{year.entity.lower()}-{year.year}.yaml"
