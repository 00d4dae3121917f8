with payments as (
    select * from {{ ref('int_revenue') }}
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
),

revenue as (
    select
        entity_code,
        unit_code,
        month_key,
        product_name,
        customer_type,
        sum(amount) as revenue
    from payments
    group by all
),

won as (
    select
        entity_code,
        unit_code,
        month_key,
        product_name,
        customer_type,
        count(*) as order_count,
        count(distinct student_key) as student_count
    from enrollments
    group by all
)

select
    entity_code,
    unit_code,
    month_key,
    product_name,
    customer_type,
    coalesce(won.order_count, 0)::bigint as order_count,
    coalesce(won.student_count, 0)::bigint as student_count,
    coalesce(revenue.revenue, 0)::decimal(18, 2) as revenue
from revenue
full outer join won using (entity_code, unit_code, month_key, product_name, customer_type)
where {{ in_scope() }}
