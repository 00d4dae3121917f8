{{ config(materialized='view') }}

-- Every registered unit in every month that its entity has figures of: what is compared stands side by side.
with revenue as (
    select * from {{ ref('mart_revenue') }}
),

programs as (
    select * from {{ ref('mart_program_progress') }}
),

all_targets as (
    select * from {{ ref('mart_targets') }}
),

units as (
    select * from {{ source('raw', 'registry_units') }}
),

months as (
    select distinct
        entity_code,
        month_key
    from revenue
),

begun as (
    select
        entity_code,
        unit_code,
        min(month_key) as first_month
    from revenue
    group by all
),

targets as (
    select
        entity_code,
        unit_code,
        month_key,
        sum(target_revenue) as target_revenue
    from all_targets
    group by all
),

orders as (
    select
        entity_code,
        unit_code,
        month_key,
        sum(order_count) filter (customer_type in ('renewal', 'alumni')) as returning_order_count,
        sum(order_count) filter (customer_type != 'unknown') as typed_order_count
    from programs
    group by all
)

select
    months.entity_code,
    units.unit_code,
    months.month_key,
    {{ fiscal_year_start('months.month_key') }} as fiscal_year_start,
    coalesce(months.month_key >= begun.first_month, false) as has_begun,
    coalesce(revenue.revenue_actuals, 0)::decimal(18, 2) as revenue_actuals,
    targets.target_revenue::decimal(18, 2) as target_revenue,
    case
        when year_before.month_key >= begun.first_month then coalesce(last_year.revenue_actuals, 0)
    end::decimal(18, 2) as last_year_revenue,
    coalesce(revenue.order_count, 0)::bigint as order_count,
    coalesce(orders.returning_order_count, 0)::bigint as returning_order_count,
    coalesce(orders.typed_order_count, 0)::bigint as typed_order_count,
    (orders.returning_order_count * 100.0 / nullif(orders.typed_order_count, 0))::double as returning_share_pct,
    coalesce(revenue.paying_student_count, 0)::bigint as paying_student_count,
    (revenue.revenue_actuals / nullif(revenue.paying_student_count, 0))::double as revenue_per_paying_student
from months
inner join units on months.entity_code = units.entity_code
left join begun on units.entity_code = begun.entity_code and units.unit_code = begun.unit_code
left join months as year_before
    on
        months.entity_code = year_before.entity_code
        and (months.month_key - interval 1 year)::date = year_before.month_key
left join revenue
    on
        months.entity_code = revenue.entity_code
        and units.unit_code = revenue.unit_code
        and months.month_key = revenue.month_key
left join revenue as last_year
    on
        year_before.entity_code = last_year.entity_code
        and units.unit_code = last_year.unit_code
        and year_before.month_key = last_year.month_key
left join targets
    on
        months.entity_code = targets.entity_code
        and units.unit_code = targets.unit_code
        and months.month_key = targets.month_key
left join orders
    on
        months.entity_code = orders.entity_code
        and units.unit_code = orders.unit_code
        and months.month_key = orders.month_key
