"""Partitions, and the scopes that runs process: entities × months."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from atlas_assets.periods.calendar import Month, consecutive_runs

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = "|"


def partition_key(entity: str, period: object) -> str:
    """Return the key of an entity's month or period: `IONS|2026-02`, `IONS|2026-Q1`."""
    return f"{entity}{_SEPARATOR}{period}"


class Partition(NamedTuple):
    """One entity and month: the unit in which data is loaded, built and published."""

    entity: str
    month: Month

    @classmethod
    def of_key(cls, key: str) -> Partition:
        """Read `IONS|2026-02`. Raises ValueError for anything else."""
        entity, _, month = key.partition(_SEPARATOR)
        return cls(entity, Month.parse(month))

    @property
    def key(self) -> str:
        """The partition's key in Dagster: `IONS|2026-02`."""
        return partition_key(self.entity, self.month)


@dataclass(frozen=True)
class Scope:
    """Every combination of some entities and months."""

    entities: tuple[str, ...]
    months: tuple[Month, ...]

    @classmethod
    def of_keys(cls, keys: Iterable[str]) -> Scope:
        """Return the scope of partition keys such as `IONS|2026-02`.

        Raises ValueError if the keys are not every combination of their entities and months.
        """
        partitions = {Partition.of_key(str(key)) for key in keys}
        entities = tuple(sorted({partition.entity for partition in partitions}))
        months = tuple(sorted({partition.month for partition in partitions}))
        if not partitions or len(partitions) != len(entities) * len(months):
            listed = ", ".join(sorted(partition.key for partition in partitions)) or "none"
            raise ValueError(
                f"The partitions ({listed}) are not every combination of their entities and months."
            )
        return cls(entities, months)

    @property
    def partitions(self) -> list[Partition]:
        """Every partition, in order."""
        return [Partition(*pair) for pair in product(self.entities, self.months)]

    @property
    def years(self) -> list[int]:
        """The years of the months, in order."""
        return sorted({month.year for month in self.months})

    @property
    def entity_years(self) -> list[tuple[str, int]]:
        """Every combination of entity and year, in order."""
        return list(product(self.entities, self.years))

    @property
    def first_key(self) -> str:
        """The key of the first partition."""
        return self.partitions[0].key

    @property
    def last_key(self) -> str:
        """The key of the last partition."""
        return self.partitions[-1].key

    @property
    def is_single(self) -> bool:
        """Whether the scope is a single partition."""
        return self.first_key == self.last_key

    def __str__(self) -> str:
        return self.first_key if self.is_single else f"{self.first_key} … {self.last_key}"


def exact_scopes(partitions: Iterable[Partition]) -> list[Scope]:
    """Return the fewest scopes of one entity and consecutive months that make up these partitions.

    Each entity gets runs of its own, so that a figure that does not add up stops no other entity.
    """
    months_of: dict[str, list[Month]] = {}
    for entity, month in partitions:
        months_of.setdefault(entity, []).append(month)
    return [
        Scope((entity,), tuple(months))
        for entity in sorted(months_of)
        for months in consecutive_runs(months_of[entity])
    ]
