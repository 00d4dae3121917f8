with targets as (
    select * from {{ ref('int_targets') }}
)

select
    entity_code,
    unit_code,
    coalesce(product_name, 'Unknown') as product_name,
    month_key,
    sum(target_students)::bigint as target_students,
    sum(target_revenue)::decimal(18, 2) as target_revenue,
    sum(reported_students)::bigint as reported_students,
    sum(reported_revenue)::decimal(18, 2) as reported_revenue
from targets
where unit_code is not null and {{ in_scope() }}
group by entity_code, unit_code, coalesce(product_name, 'Unknown'), month_key
