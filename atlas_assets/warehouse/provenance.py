"""What the marts are made from: loaded sheets, rules, and the facts of other months.

A partition is stale if any of these has changed since its marts were built.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import duckdb

from atlas_assets.files import digest_of
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
    """Return for each loaded partition a hash of its own sheets and of the rules that judge them."""
    rules = rules_hash(registry)
    return {
        partition: hashlib.sha256(f"{rules}{own}".encode()).hexdigest()
        for partition, own in sorted(raw_store.partition_hashes().items())
    }


def facts_changed(warehouse: Warehouse) -> list[Partition]:
    """Return the partitions whose marts are older than the facts behind them, in order.

    History reaches across months: a correction of one month changes customer types in others, and
    models compute these over the whole history, whichever month is built. Only months with a fact
    that really changed are returned.
    """
    return [
        Partition(entity, Month.of(month)) for entity, month in _read(warehouse, _FACTS_CHANGED)
    ]


def fact_digests(warehouse: Warehouse) -> dict[Partition, dict[str, str]]:
    """Return the digests of the current facts behind each partition's marts, by model."""
    return {
        Partition(entity, Month.of(month)): digests
        for entity, month, digests in _read(warehouse, _DIGESTS)
    }


def _read(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    if not warehouse.exists():
        return []
    with warehouse.reading() as connection:
        try:
            return connection.execute(query).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            return []  # nothing has been built yet, or only by a version without these tables


def rules_hash(registry: Registry) -> str:
    """Return a hash of the registry and of all models: what figures depend on besides the sheets."""
    folders = (DBT_PROJECT_DIR / name for name in ("models", "macros", "materializations"))
    models = (path for folder in folders for path in folder.rglob("*.sql"))
    return digest_of(models, registry.model_dump_json())
