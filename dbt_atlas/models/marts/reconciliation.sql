{{ config(materialized='view') }}

with sheets as (
    select * from {{ ref('audit_sheets') }}
),

controls as (
    select * from {{ source('raw', 'sheet_controls') }}
),

orders as (
    select * from {{ ref('int_orders') }}
),

units as (
    select * from {{ ref('mart_revenue') }}
),

programs as (
    select * from {{ ref('mart_program_progress') }}
),

targets as (
    select * from {{ ref('mart_targets') }}
),

-- Months whose marts have been built; the others have nothing to reconcile yet.
built as (
    select distinct
        entity as entity_code,
        make_date(year, month, 1) as month_key
    from {{ source('main', '_pipeline_runs') }}
    where stage = 'transform' and status = 'succeeded'
),

order_revenue as (
    select
        entity_code,
        month_key,
        sum(amount) filter (counts_as_revenue) as revenue
    from orders
    group by all
),

unit_revenue as (
    select
        entity_code,
        month_key,
        sum(revenue_actuals) as revenue
    from units
    group by all
),

program_revenue as (
    select
        entity_code,
        month_key,
        sum(revenue) as revenue
    from programs
    group by all
),

-- The administrators' own figures, of the units for which they have entered any.
reported as (
    select
        entity_code,
        unit_code,
        month_key,
        sum(reported_revenue) as revenue
    from targets
    group by all
    having count(reported_revenue) > 0
),

pairs as (
    select
        entity_code,
        month_key,
        'sheet_rows_read' as check_name,
        source_file || ', sheet ' || source_sheet || ', ' || table_name as place,
        rows_read as expected,
        rows_kept + rows_not_data as actual,
        'rows' as unit,
        true as is_blocking
    from sheets
    union all
    select
        entity_code,
        month_key,
        'sheet_rows_judged' as check_name,
        source_file || ', sheet ' || source_sheet || ', ' || table_name as place,
        rows_kept as expected,
        rows_valid + rows_flagged + rows_duplicate as actual,
        'rows' as unit,
        true as is_blocking
    from sheets
    union all
    select
        sheets.entity_code,
        sheets.month_key,
        'sheet_amounts' as check_name,
        sheets.source_file || ', sheet ' || sheets.source_sheet as place,
        controls.amount as expected,
        sheets.amount_revenue + sheets.amount_unassigned + sheets.amount_duplicate as actual,
        'rupiah' as unit,
        true as is_blocking
    from sheets
    inner join controls using (entity_code, month_key)
    where sheets.table_name = 'transactions'
    union all
    select
        sheets.entity_code,
        sheets.month_key,
        'sheet_stated_total' as check_name,
        sheets.source_file || ', sheet ' || sheets.source_sheet as place,
        controls.stated_total as expected,
        controls.amount as actual,
        'rupiah' as unit,
        false as is_blocking
    from sheets
    inner join controls using (entity_code, month_key)
    where sheets.table_name = 'transactions' and controls.stated_total is not null
    union all
    select
        entity_code,
        month_key,
        'mart_revenue_by_unit' as check_name,
        'mart_revenue, ' || entity_code || ' ' || strftime(month_key, '%Y-%m') as place,
        coalesce(order_revenue.revenue, 0) as expected,
        coalesce(unit_revenue.revenue, 0) as actual,
        'rupiah' as unit,
        true as is_blocking
    from built
    left join order_revenue using (entity_code, month_key)
    left join unit_revenue using (entity_code, month_key)
    union all
    select
        entity_code,
        month_key,
        'mart_revenue_by_program' as check_name,
        'mart_program_progress, ' || entity_code || ' ' || strftime(month_key, '%Y-%m') as place,
        coalesce(order_revenue.revenue, 0) as expected,
        coalesce(program_revenue.revenue, 0) as actual,
        'rupiah' as unit,
        true as is_blocking
    from built
    left join order_revenue using (entity_code, month_key)
    left join program_revenue using (entity_code, month_key)
    union all
    select
        reported.entity_code,
        reported.month_key,
        'reported_revenue' as check_name,
        'target sheet, ' || reported.unit_code || ' ' || strftime(reported.month_key, '%Y-%m') as place,
        reported.revenue as expected,
        coalesce(units.revenue_actuals, 0) as actual,
        'rupiah' as unit,
        false as is_blocking
    from reported
    left join units
        on
            reported.entity_code = units.entity_code
            and reported.unit_code = units.unit_code
            and reported.month_key = units.month_key
)

select
    pairs.entity_code,
    pairs.month_key,
    pairs.check_name,
    pairs.place,
    pairs.expected::decimal(18, 2) as expected,
    pairs.actual::decimal(18, 2) as actual,
    (pairs.actual - pairs.expected)::decimal(18, 2) as difference,
    pairs.unit,
    pairs.is_blocking,
    pairs.actual = pairs.expected as is_reconciled
from pairs
inner join built using (entity_code, month_key)
