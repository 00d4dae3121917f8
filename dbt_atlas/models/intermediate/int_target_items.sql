with targets as (
    select
        *,
        {{ folded_name('product_name') }} as product_key
    from {{ ref('int_targets') }}
    where unit_code is not null
),

activity as (
    select * from {{ ref('int_marketing_activity') }}
    where unit_code is not null
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
),

-- Programs as the orders spell them, if there are any orders.
programs as (
    select
        entity_code,
        unit_code,
        product_key,
        min(product_name) as product_name,
        min(product_category) as product_category
    from enrollments
    group by all
),

planned as (
    select
        entity_code,
        month_key,
        unit_code,
        product_key,
        product_name,
        'students' as metric,
        target_students::double as planned
    from targets
    union all
    select
        entity_code,
        month_key,
        unit_code,
        product_key,
        product_name,
        'revenue' as metric,
        target_revenue::double as planned
    from targets
    union all
    select
        entity_code,
        month_key,
        unit_code,
        null as product_key,
        null as product_name,
        'leads' as metric,
        target_leads::double as planned
    from activity
)

select
    planned.entity_code,
    planned.month_key,
    planned.unit_code,
    planned.metric,
    planned.product_key,
    coalesce(min(programs.product_name), min(planned.product_name)) as product_name,
    min(programs.product_category) as product_category,
    sum(planned.planned) as target_value
from planned
left join programs
    on
        planned.entity_code = programs.entity_code
        and planned.unit_code = programs.unit_code
        and planned.product_key = programs.product_key
group by planned.entity_code, planned.month_key, planned.unit_code, planned.metric, planned.product_key
having sum(planned.planned) is not null
