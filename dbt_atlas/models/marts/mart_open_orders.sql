{{ config(materialized='view') }}

select
    entity_code,
    unit_code,
    month_key,
    age_months,
    count(*)::bigint as order_count,
    sum(paid_so_far)::decimal(18, 2) as paid_so_far
from {{ ref('mart_partly_paid_orders') }}
group by all
