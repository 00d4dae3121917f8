"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commerce_customer_type",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commerce_customer_type")),
        sa.UniqueConstraint("code", name=op.f("uq_commerce_customer_type_code")),
    )
    op.create_table(
        "commerce_order_status",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commerce_order_status")),
        sa.UniqueConstraint("code", name=op.f("uq_commerce_order_status_code")),
    )
    op.create_table(
        "commerce_order_type",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commerce_order_type")),
        sa.UniqueConstraint("code", name=op.f("uq_commerce_order_type_code")),
    )
    op.create_table(
        "core_group",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_group")),
        sa.UniqueConstraint("name", name=op.f("uq_core_group_name")),
    )
    op.create_table(
        "db_account_type",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_db_account_type")),
        sa.UniqueConstraint("code", name=op.f("uq_db_account_type_code")),
    )
    op.create_table(
        "db_organization_level",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sort_order", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_db_organization_level")),
        sa.UniqueConstraint("code", name=op.f("uq_db_organization_level_code")),
    )
    op.create_table(
        "db_sex",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_db_sex")),
        sa.UniqueConstraint("code", name=op.f("uq_db_sex_code")),
    )
    op.create_table(
        "finance_payment_method",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_payment_method")),
        sa.UniqueConstraint("code", name=op.f("uq_finance_payment_method_code")),
    )
    op.create_table(
        "finance_payment_pattern",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_payment_pattern")),
        sa.UniqueConstraint("code", name=op.f("uq_finance_payment_pattern_code")),
    )
    op.create_table(
        "finance_transaction_type",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_transaction_type")),
        sa.UniqueConstraint("code", name=op.f("uq_finance_transaction_type_code")),
    )
    op.create_table(
        "marketing_channel_type",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_channel_type")),
        sa.UniqueConstraint("code", name=op.f("uq_marketing_channel_type_code")),
    )
    op.create_table(
        "core_entity",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("group_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["core_group.id"], name=op.f("fk_core_entity_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_entity")),
        sa.UniqueConstraint("group_id", "code", name=op.f("uq_core_entity_group_id_code")),
    )
    op.create_table(
        "marketing_channel",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("type_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type_id"], ["marketing_channel_type.id"], name=op.f("fk_marketing_channel_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_channel")),
        sa.UniqueConstraint("name", name=op.f("uq_marketing_channel_name")),
    )
    op.create_table(
        "catalog_category",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_catalog_category_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_category")),
        sa.UniqueConstraint("entity_id", "name", name=op.f("uq_catalog_category_entity_id_name")),
    )
    op.create_index(
        op.f("ix_catalog_category_entity_id"), "catalog_category", ["entity_id"], unique=False
    )
    op.create_table(
        "commerce_intake",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_commerce_intake_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commerce_intake")),
        sa.UniqueConstraint(
            "entity_id", "year", "month", name=op.f("uq_commerce_intake_entity_id_year_month")
        ),
    )
    op.create_index(
        op.f("ix_commerce_intake_entity_id"), "commerce_intake", ["entity_id"], unique=False
    )
    op.create_table(
        "core_unit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("receipt_prefix", sa.String(), nullable=True),
        sa.Column("color", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_core_unit_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_unit")),
        sa.UniqueConstraint("entity_id", "code", name=op.f("uq_core_unit_entity_id_code")),
    )
    op.create_index(op.f("ix_core_unit_entity_id"), "core_unit", ["entity_id"], unique=False)
    op.create_table(
        "db_organization",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("level_id", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("normalized_name", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_db_organization_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["level_id"], ["db_organization_level.id"], name=op.f("fk_db_organization_level_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_db_organization")),
        sa.UniqueConstraint(
            "entity_id",
            "normalized_name",
            name=op.f("uq_db_organization_entity_id_normalized_name"),
        ),
    )
    op.create_index(
        op.f("ix_db_organization_entity_id"), "db_organization", ["entity_id"], unique=False
    )
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
        sa.UniqueConstraint("entity_id", "name", name=op.f("uq_catalog_brand_entity_id_name")),
    )
    op.create_index(
        op.f("ix_catalog_brand_entity_id"), "catalog_brand", ["entity_id"], unique=False
    )
    op.create_table(
        "db_person",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("organization_id", sa.String(length=26), nullable=True),
        sa.Column("sex_id", sa.String(length=26), nullable=True),
        sa.Column("student_number", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("normalized_name", sa.String(), nullable=False),
        sa.Column("birth_place", sa.String(), nullable=True),
        sa.Column("birth_date", sa.String(), nullable=True),
        sa.Column("identity_number", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_db_person_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["db_organization.id"], name=op.f("fk_db_person_organization_id")
        ),
        sa.ForeignKeyConstraint(["sex_id"], ["db_sex.id"], name=op.f("fk_db_person_sex_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_db_person")),
        sa.UniqueConstraint(
            "entity_id", "normalized_name", name=op.f("uq_db_person_entity_id_normalized_name")
        ),
    )
    op.create_index(op.f("ix_db_person_entity_id"), "db_person", ["entity_id"], unique=False)
    op.create_index(
        op.f("ix_db_person_organization_id"), "db_person", ["organization_id"], unique=False
    )
    op.create_table(
        "catalog_item",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("brand_id", sa.String(length=26), nullable=False),
        sa.Column("category_id", sa.String(length=26), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["catalog_brand.id"], name=op.f("fk_catalog_item_brand_id")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["catalog_category.id"], name=op.f("fk_catalog_item_category_id")
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_catalog_item_entity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_item")),
        sa.UniqueConstraint(
            "entity_id", "brand_id", "name", name=op.f("uq_catalog_item_entity_id_brand_id_name")
        ),
    )
    op.create_index(op.f("ix_catalog_item_entity_id"), "catalog_item", ["entity_id"], unique=False)
    op.create_table(
        "db_account",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("type_id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("organization_id", sa.String(length=26), nullable=True),
        sa.Column("opened_on", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_db_account_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["db_organization.id"], name=op.f("fk_db_account_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["db_person.id"], name=op.f("fk_db_account_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["db_account_type.id"], name=op.f("fk_db_account_type_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_db_account")),
        sa.UniqueConstraint(
            "entity_id",
            "person_id",
            "organization_id",
            name=op.f("uq_db_account_entity_id_person_id_organization_id"),
        ),
    )
    op.create_index(op.f("ix_db_account_entity_id"), "db_account", ["entity_id"], unique=False)
    op.create_index(
        op.f("ix_db_account_organization_id"), "db_account", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_db_account_person_id"), "db_account", ["person_id"], unique=False)
    op.create_table(
        "catalog_item_variant",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_catalog_item_variant_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalog_item.id"], name=op.f("fk_catalog_item_variant_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_item_variant")),
        sa.UniqueConstraint("item_id", "name", name=op.f("uq_catalog_item_variant_item_id_name")),
    )
    op.create_index(
        op.f("ix_catalog_item_variant_entity_id"),
        "catalog_item_variant",
        ["entity_id"],
        unique=False,
    )
    op.create_table(
        "catalog_price",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=True),
        sa.Column("variant_id", sa.String(length=26), nullable=True),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("valid_from", sa.String(), nullable=False),
        sa.Column("valid_to", sa.String(), nullable=True),
        sa.CheckConstraint(
            "item_id IS NOT NULL OR variant_id IS NOT NULL", name="names_what_it_prices"
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_catalog_price_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalog_item.id"], name=op.f("fk_catalog_price_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_item_variant.id"], name=op.f("fk_catalog_price_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_price")),
        sa.UniqueConstraint(
            "item_id",
            "variant_id",
            "valid_from",
            name=op.f("uq_catalog_price_item_id_variant_id_valid_from"),
        ),
    )
    op.create_index(
        op.f("ix_catalog_price_entity_id"), "catalog_price", ["entity_id"], unique=False
    )
    op.create_table(
        "commerce_order",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("account_id", sa.String(length=26), nullable=False),
        sa.Column("participant_id", sa.String(length=26), nullable=True),
        sa.Column("unit_id", sa.String(length=26), nullable=False),
        sa.Column("item_id", sa.String(length=26), nullable=False),
        sa.Column("variant_id", sa.String(length=26), nullable=True),
        sa.Column("type_id", sa.String(length=26), nullable=False),
        sa.Column("status_id", sa.String(length=26), nullable=False),
        sa.Column("customer_type_id", sa.String(length=26), nullable=True),
        sa.Column("intake_id", sa.String(length=26), nullable=True),
        sa.Column("channel_id", sa.String(length=26), nullable=True),
        sa.Column("ordered_on", sa.String(), nullable=False),
        sa.Column("month_key", sa.String(), nullable=False),
        sa.Column("total_amount", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["db_account.id"], name=op.f("fk_commerce_order_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["marketing_channel.id"], name=op.f("fk_commerce_order_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_type_id"],
            ["commerce_customer_type.id"],
            name=op.f("fk_commerce_order_customer_type_id"),
        ),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_commerce_order_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["intake_id"], ["commerce_intake.id"], name=op.f("fk_commerce_order_intake_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["catalog_item.id"], name=op.f("fk_commerce_order_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["db_person.id"], name=op.f("fk_commerce_order_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["status_id"], ["commerce_order_status.id"], name=op.f("fk_commerce_order_status_id")
        ),
        sa.ForeignKeyConstraint(
            ["type_id"], ["commerce_order_type.id"], name=op.f("fk_commerce_order_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_commerce_order_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_item_variant.id"], name=op.f("fk_commerce_order_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commerce_order")),
    )
    op.create_index(
        op.f("ix_commerce_order_account_id"), "commerce_order", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_commerce_order_entity_id"), "commerce_order", ["entity_id"], unique=False
    )
    op.create_index(
        "ix_commerce_order_entity_id_month_key",
        "commerce_order",
        ["entity_id", "month_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_commerce_order_participant_id"), "commerce_order", ["participant_id"], unique=False
    )
    op.create_table(
        "finance_transaction",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("entity_id", sa.String(length=26), nullable=False),
        sa.Column("order_id", sa.String(length=26), nullable=False),
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
        sa.ForeignKeyConstraint(
            ["entity_id"], ["core_entity.id"], name=op.f("fk_finance_transaction_entity_id")
        ),
        sa.ForeignKeyConstraint(
            ["method_id"],
            ["finance_payment_method.id"],
            name=op.f("fk_finance_transaction_method_id"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["commerce_order.id"], name=op.f("fk_finance_transaction_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["pattern_id"],
            ["finance_payment_pattern.id"],
            name=op.f("fk_finance_transaction_pattern_id"),
        ),
        sa.ForeignKeyConstraint(
            ["type_id"],
            ["finance_transaction_type.id"],
            name=op.f("fk_finance_transaction_type_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finance_transaction")),
        sa.UniqueConstraint(
            "entity_id",
            "receipt_number",
            name=op.f("uq_finance_transaction_entity_id_receipt_number"),
        ),
    )
    op.create_index(
        op.f("ix_finance_transaction_entity_id"), "finance_transaction", ["entity_id"], unique=False
    )
    op.create_index(
        "ix_finance_transaction_entity_id_month_key",
        "finance_transaction",
        ["entity_id", "month_key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_finance_transaction_order_id"), "finance_transaction", ["order_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_finance_transaction_order_id"), table_name="finance_transaction")
    op.drop_index("ix_finance_transaction_entity_id_month_key", table_name="finance_transaction")
    op.drop_index(op.f("ix_finance_transaction_entity_id"), table_name="finance_transaction")
    op.drop_table("finance_transaction")
    op.drop_index(op.f("ix_commerce_order_participant_id"), table_name="commerce_order")
    op.drop_index("ix_commerce_order_entity_id_month_key", table_name="commerce_order")
    op.drop_index(op.f("ix_commerce_order_entity_id"), table_name="commerce_order")
    op.drop_index(op.f("ix_commerce_order_account_id"), table_name="commerce_order")
    op.drop_table("commerce_order")
    op.drop_index(op.f("ix_catalog_price_entity_id"), table_name="catalog_price")
    op.drop_table("catalog_price")
    op.drop_index(op.f("ix_catalog_item_variant_entity_id"), table_name="catalog_item_variant")
    op.drop_table("catalog_item_variant")
    op.drop_index(op.f("ix_db_account_person_id"), table_name="db_account")
    op.drop_index(op.f("ix_db_account_organization_id"), table_name="db_account")
    op.drop_index(op.f("ix_db_account_entity_id"), table_name="db_account")
    op.drop_table("db_account")
    op.drop_index(op.f("ix_catalog_item_entity_id"), table_name="catalog_item")
    op.drop_table("catalog_item")
    op.drop_index(op.f("ix_db_person_organization_id"), table_name="db_person")
    op.drop_index(op.f("ix_db_person_entity_id"), table_name="db_person")
    op.drop_table("db_person")
    op.drop_index(op.f("ix_catalog_brand_entity_id"), table_name="catalog_brand")
    op.drop_table("catalog_brand")
    op.drop_index(op.f("ix_db_organization_entity_id"), table_name="db_organization")
    op.drop_table("db_organization")
    op.drop_index(op.f("ix_core_unit_entity_id"), table_name="core_unit")
    op.drop_table("core_unit")
    op.drop_index(op.f("ix_commerce_intake_entity_id"), table_name="commerce_intake")
    op.drop_table("commerce_intake")
    op.drop_index(op.f("ix_catalog_category_entity_id"), table_name="catalog_category")
    op.drop_table("catalog_category")
    op.drop_table("marketing_channel")
    op.drop_table("core_entity")
    op.drop_table("marketing_channel_type")
    op.drop_table("finance_transaction_type")
    op.drop_table("finance_payment_pattern")
    op.drop_table("finance_payment_method")
    op.drop_table("db_sex")
    op.drop_table("db_organization_level")
    op.drop_table("db_account_type")
    op.drop_table("core_group")
    op.drop_table("commerce_order_type")
    op.drop_table("commerce_order_status")
    op.drop_table("commerce_customer_type")
