"""What the marts are made of: loaded sheets, rules, and the facts of other months.

A partition is stale where these are not what its marts were last built from.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import duckdb

from atlas_assets.periods.calendar import Month
from atlas_assets.periods.scope import Partition
from atlas_assets.settings import DBT_PROJECT_DIR

if TYPE_CHECKING:
    from atlas_assets.configuration.registry import Registry
    from atlas_assets.sources.raw_store import RawStore
    from atlas_assets.warehouse.connection import Warehouse


_FACTS_CHANGED = """
SELECT entity_code, month_key
FROM intermediate.audit_months FULL JOIN marts.built_months AS built USING (entity_code, month_key)
WHERE audit_months.digests IS DISTINCT FROM built.digests
ORDER BY ALL
"""
_DIGESTS = "SELECT entity_code, month_key, digests FROM intermediate.audit_months ORDER BY ALL"


def input_hashes(raw_store: RawStore, registry: Registry) -> dict[Partition, str]:
    """Return the hash of each loaded partition's own sheets and of the rules that judge them."""
    rules = _rules_hash(registry)
    return {
        partition: hashlib.sha256(f"{rules}{own}".encode()).hexdigest()
        for partition, own in sorted(raw_store.partition_hashes().items())
    }


def facts_changed(warehouse: Warehouse) -> list[Partition]:
    """Return the partitions whose marts are not made of the facts as they are now, in order.

    History reaches across months: a correction of one changes customer types in others, and models
    compute those over the whole history whichever month is built. Exactly the months in which a
    fact of the marts became another one are returned.
    """
    return [
        Partition(entity, Month.of(month)) for entity, month in _read(warehouse, _FACTS_CHANGED)
    ]


def fact_digests(warehouse: Warehouse) -> dict[Partition, dict[str, str]]:
    """Return digests of the facts that each partition's marts have to be made of, by model."""
    return {
        Partition(entity, Month.of(month)): digests
        for entity, month, digests in _read(warehouse, _DIGESTS)
    }


def _read(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    if not warehouse.path.exists():
        return []
    with warehouse.reading() as connection:
        try:
            return connection.execute(query).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            return []  # nothing has been built yet, or only by a version without these tables


def _rules_hash(registry: Registry) -> str:
    digest = hashlib.sha256(registry.model_dump_json().encode())
    for folder in ("models", "macros"):
        for path in sorted((DBT_PROJECT_DIR / folder).rglob("*.sql")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
