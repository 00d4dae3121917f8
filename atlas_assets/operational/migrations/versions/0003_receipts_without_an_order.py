"""Receipts without an order; ids that no label is part of.

The ids of entities, brands and programs were derived from names that the registry may change. They
cannot be computed from what is stored, so the entities' records are removed here: the next publication
writes all months that were published before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

GROUP = "01DXF6DT00ZW727DG8EMRWPHXM"  # of `stable_ulid("core_group")`, as ids never change


def upgrade() -> None:
    _remove_records()
    op.execute("DELETE FROM core_group WHERE rowid NOT IN (SELECT max(rowid) FROM core_group)")
    op.execute(sa.text("UPDATE core_group SET id = :id").bindparams(id=GROUP))
    op.drop_table("finance_transaction")
    op.drop_table("catalog_brand")
    _create_brands(["entity_id", "unit_id"])
    _create_transactions(
        sa.Column("order_id", sa.String(length=26), nullable=True),
        sa.Column("unit_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_finance_transaction_unit_id")
        ),
    )


def downgrade() -> None:
    _remove_records()
    op.drop_table("finance_transaction")
    op.drop_table("catalog_brand")
    _create_brands(["entity_id", "name"])
    _create_transactions(sa.Column("order_id", sa.String(length=26), nullable=False))


def _remove_records() -> None:
    """Remove entities and everything that belongs to one, children before parents."""
    tables = sa.MetaData()
    tables.reflect(op.get_bind())
    for table in reversed(tables.sorted_tables):
        if _is_of_an_entity(table):
            op.execute(sa.delete(table))


def _is_of_an_entity(table: sa.Table) -> bool:
    owners = [key.column.table for key in table.foreign_keys if key.parent.primary_key]
    return (
        table.name == "core_entity"
        or "entity_id" in table.c
        or any("entity_id" in owner.c for owner in owners)
    )


def _create_brands(natural_key: list[str]) -> None:
    op.create_table(
        "catalog_brand",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("unit_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_catalog_brand_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_catalog_brand_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_brand")),
        sa.UniqueConstraint(*natural_key, name=op.f(f"uq_catalog_brand_{'_'.join(natural_key)}")),
    )
    op.create_index(op.f("ix_catalog_brand_entity_id"), "catalog_brand", ["entity_id"])


def _create_transactions(*order_and_unit: sa.schema.SchemaItem) -> None:
    references = {
        "entity_id": "core_entity",
        "order_id": "commerce_order",
        "type_id": "finance_transaction_type",
        "method_id": "finance_payment_method",
        "pattern_id": "finance_payment_pattern",
    }
    op.create_table(
        "finance_transaction",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        *order_and_unit,
        sa.Column("type_id", sa.String(length=26), nullable=False),
        sa.Column("method_id", sa.String(length=26), nullable=True),
        sa.Column("pattern_id", sa.String(length=26), nullable=True),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.Column("receipt_is_fallback", sa.Integer(), nullable=False),
        sa.Column("transacted_on", sa.String(), nullable=True),
        sa.Column("month_key", sa.String(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("source_file", sa.String(), nullable=False),
        sa.Column("source_sheet", sa.String(), nullable=False),
        sa.Column("source_row", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_finance_transaction_{column}")
            )
            for column, table in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_transaction")),
        sa.UniqueConstraint(
            "entity_id",
            "receipt_number",
            name=op.f("uq_finance_transaction_entity_id_receipt_number"),
        ),
    )
    op.create_index(op.f("ix_finance_transaction_entity_id"), "finance_transaction", ["entity_id"])
    op.create_index(op.f("ix_finance_transaction_order_id"), "finance_transaction", ["order_id"])
    op.create_index(
        "ix_finance_transaction_entity_id_month_key",
        "finance_transaction",
        ["entity_id", "month_key"],
    )
