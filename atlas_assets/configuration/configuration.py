"""The folder `source/config`: the registry and the yearly files, read and validated."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from atlas_assets.configuration.registry import Registry
from atlas_assets.configuration.workbook_year import WorkbookYear, file_key
from atlas_assets.documents.yaml_file import line_at, load
from atlas_assets.errors import ConfigurationError

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
            raise ConfigurationError("\n".join(problems))
        if not years:
            raise ConfigurationError(
                f"{self.config_dir} has no file like ions-2026.yaml. Add one for each entity and "
                "year; `source/config` in the project shows how."
            )
        self._refuse_shared_workbooks(years)
        return years

    def check(self) -> list[Path]:
        """Read every file and return their paths. Raises ConfigurationError if one is wrong."""
        _ = self.registry, self.years
        return [self.config_dir / "registry.yaml", *self._year_paths()]

    def _year_paths(self) -> list[Path]:
        if other := sorted(self.config_dir.glob("*.yml")):
            raise ConfigurationError(f"{other[0]} is not read. Rename it to {other[0].stem}.yaml.")
        return sorted(self.config_dir.glob("*-[0-9][0-9][0-9][0-9].yaml"))

    def _year(self, path: Path) -> WorkbookYear:
        year = load(path, WorkbookYear)
        try:
            self.registry.entity(year.entity)
        except ConfigurationError as error:
            line = line_at(path, ["entity"])
            raise ConfigurationError(
                f"{path}, line {line}: entity: {error} `registry.yaml` lists them."
            ) from error
        expected = f"{year.entity.lower()}-{year.year}.yaml"
        if path.name != expected:
            line = line_at(path, ["year"])
            raise ConfigurationError(
                f"{path}, line {line}: describes {year.entity} {year.year}. Expected the name "
                f"{expected}."
            )
        return year

    def _refuse_shared_workbooks(self, years: dict[tuple[str, int], WorkbookYear]) -> None:
        owners: dict[str, WorkbookYear] = {}
        for year in years.values():
            for name in year.workbooks.values():
                if (other := owners.setdefault(file_key(name), year)) is not year:
                    line = line_at(self.path_of(year), ["workbooks"])
                    raise ConfigurationError(
                        f"{self.path_of(year)}, line {line}: the workbook {name!r} belongs to "
                        f"{self.path_of(other).name} already. Every year of an entity has "
                        "workbooks of its own."
                    )

    def path_of(self, year: WorkbookYear) -> Path:
        """Return the file that a year's configuration was read from."""
        return self.config_dir / f"{year.entity.lower()}-{year.year}.yaml"
