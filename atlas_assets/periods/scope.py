"""What one run works on: entities × months."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from atlas_assets.periods.calendar import Month

if TYPE_CHECKING:
    from collections.abc import Iterable

SEPARATOR = "|"


@dataclass(frozen=True)
class Scope:
    """Every combination of some entities and months."""

    entities: tuple[str, ...]
    months: tuple[Month, ...]

    @classmethod
    def of_keys(cls, keys: Iterable[str]) -> Scope:
        """Return the scope of partition keys such as `IONS|2026-02`.

        Raises ValueError when the keys are not every combination of their entities and months.
        """
        pairs = {tuple(str(key).split(SEPARATOR)) for key in keys}
        entities = tuple(sorted({entity for entity, _ in pairs}))
        months = tuple(sorted({Month.parse(month) for _, month in pairs}))
        if not pairs or len(pairs) != len(entities) * len(months):
            raise ValueError(f"The partitions {sorted(pairs)} are no rectangle.")
        return cls(entities, months)

    @property
    def partitions(self) -> list[tuple[str, Month]]:
        """The entity and month of every partition, in order."""
        return list(product(self.entities, self.months))

    @property
    def years(self) -> list[int]:
        """The years that the months lie in, in order."""
        return sorted({month.year for month in self.months})

    @property
    def first_key(self) -> str:
        """The key of the first partition."""
        return partition_key(self.entities[0], self.months[0])

    @property
    def last_key(self) -> str:
        """The key of the last partition."""
        return partition_key(self.entities[-1], self.months[-1])

    def dbt_vars(self) -> dict[str, Any]:
        """Return the scope as dbt's variables."""
        return {"entities": list(self.entities), "months": [str(month) for month in self.months]}


def rectangles(wanted: dict[str, tuple[Month, ...]], all_entities: list[str]) -> list[Scope]:
    """Return as few scopes as cover the months of each entity.

    Entities share a scope when they want the same months and no other entity lies between them: a
    range of partitions runs over all entities from its first to its last.
    """
    scopes: list[Scope] = []
    adjacent = False
    for entity in sorted(all_entities):
        months = wanted.get(entity, ())
        if adjacent and months and scopes[-1].months == months:
            scopes[-1] = Scope((*scopes[-1].entities, entity), months)
        elif months:
            scopes.append(Scope((entity,), months))
        adjacent = bool(months)
    return scopes


def partition_key(entity: str, month: Month) -> str:
    """Return the key of one partition: `IONS|2026-02`."""
    return f"{entity}{SEPARATOR}{month}"
