{{ config(materialized='view') }}

with unit_months as (
    select * from {{ ref('mart_unit_months') }}
)

-- Sums can be added up over units: shares of a target or of last year follow from the sums of both sides.
select
    entity_code,
    unit_code,
    month_key,
    fiscal_year_start,
    (datediff('month', fiscal_year_start, month_key) + 1)::bigint as month_count,
    count(*) over year_so_far as loaded_month_count,
    (sum(revenue_actuals) over year_so_far)::decimal(18, 2) as revenue_actuals,
    (sum(target_revenue) over year_so_far)::decimal(18, 2) as target_revenue,
    (sum(revenue_actuals) filter (target_revenue is not null) over year_so_far)::decimal(18, 2)
        as actuals_with_target,
    count(target_revenue) over year_so_far as target_month_count,
    (sum(last_year_revenue) over year_so_far)::decimal(18, 2) as last_year_revenue,
    (sum(revenue_actuals) filter (last_year_revenue is not null) over year_so_far)::decimal(18, 2)
        as actuals_with_last_year,
    count(last_year_revenue) over year_so_far as last_year_month_count
from unit_months
window year_so_far as (partition by entity_code, unit_code, fiscal_year_start order by month_key)
