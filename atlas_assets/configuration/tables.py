"""The tables of the workbooks, and the columns that the models know."""

from __future__ import annotations

from typing import Literal

TableName = Literal["transactions", "students", "organizations", "targets", "marketing_activity"]
TABLES: tuple[TableName, ...] = (
    "transactions",
    "students",
    "organizations",
    "targets",
    "marketing_activity",
)

# The columns that the models know; the yearly files map the sheets' headers to them.
COLUMNS: dict[TableName, set[str]] = {
    "transactions": {
        *("row_number", "transaction_date", "receipt_number", "student_name", "unit"),
        *("product_name", "product_category", "variant_name", "intake", "organization_name"),
        *("organization_level", "channel", "payment_pattern", "payment_method", "amount"),
        *("recorded_by", "note"),
    },
    "students": {
        *("row_number", "unit", "registration_month", "registration_month_and_intake", "intake"),
        *("student_number", "student_name", "sex", "birth_place", "birth_date", "address", "city"),
        *("identity_number", "phone", "email", "guardian_name", "guardian_phone", "grade"),
        *("organization_name", "organization_level", "product_name", "product_category"),
        *("variant_name", "channel", "registration_date", "note"),
    },
    "organizations": {"row_number", "organization_name", "organization_level", "city"},
    "targets": {
        *("row_number", "unit", "product_name", "target_students", "target_revenue"),
        *("reported_students", "reported_revenue"),
    },
    "marketing_activity": {
        *("row_number", "week", "unit", "channel", "title", "activity_date", "target_leads"),
        *("leads", "follow_ups", "closings", "note"),
    },
}

# The columns that a year's configuration has to map, or to give a value for.
REQUIRED_COLUMNS: dict[TableName, set[str]] = {
    "transactions": {
        *("transaction_date", "student_name", "unit", "product_name", "intake", "channel"),
        "amount",
    },
    "students": {"student_name", "unit"},
    "organizations": {"organization_name", "organization_level"},
    "targets": {"unit", "product_name", "target_students", "target_revenue"},
    "marketing_activity": {"unit", "channel", "leads", "follow_ups"},
}
# The columns that a sheet may lack, because no figure depends on them. Any other configured column
# is required.
OPTIONAL_COLUMNS = {
    *("row_number", "recorded_by", "note", "variant_name", "grade", "address", "birth_place"),
    *("email", "phone", "guardian_name", "guardian_phone", "identity_number", "student_number"),
    *("week", "title", "city", "product_category"),
}
# The columns whose numbers are names, not quantities: what a cell shows of them matters.
IDENTIFYING_COLUMNS = {
    *("receipt_number", "student_number", "identity_number", "phone", "guardian_phone"),
}
DATE_COLUMNS = {"transaction_date", "birth_date", "registration_date", "activity_date", "intake"}
# Without any of these, the amount of a row belongs to nothing.
KEY_COLUMNS = {"unit", "student_name", "product_name", "receipt_number"}
