-- The reconciliations that can be made inside the warehouse, for the period.
with sheets as (
    select
        sum(rows_kept) as rows_kept,
        sum(rows_read) as rows_read,
        sum(rows_not_data) as rows_not_data
    from raw.sheet_manifest
    where entity_code = $entity and table_name = 'transactions' and month_key between $first::date and $last::date
),

lines as (
    select
        count(*) as line_count,
        coalesce(sum(amount) filter (counts_as_revenue), 0) as revenue
    from intermediate.int_orders
    where entity_code = $entity and month_key between $first::date and $last::date
),

by_unit as (
    select coalesce(sum(revenue_actuals), 0) as revenue from marts.mart_revenue
    where entity_code = $entity and month_key between $first::date and $last::date
),

by_product as (
    select coalesce(sum(revenue), 0) as revenue from marts.mart_program_progress
    where entity_code = $entity and month_key between $first::date and $last::date
)

select
    'rows_read' as name,
    sheets.rows_read as expected,
    sheets.rows_kept + sheets.rows_not_data as actual
from sheets
union all
select
    'rows_kept' as name,
    sheets.rows_kept as expected,
    lines.line_count as actual
from sheets cross join lines
union all
select
    'revenue_by_unit' as name,
    lines.revenue as expected,
    by_unit.revenue as actual
from lines cross join by_unit
union all
select
    'revenue_by_product' as name,
    lines.revenue as expected,
    by_product.revenue as actual
from lines cross join by_product
