with orders as (
    select * from {{ ref('int_orders') }}
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
),

-- Money whose student or intake is not known belongs to no enrollment: its customer type is unknown.
revenue as (
    select
        orders.entity_code,
        orders.unit_code,
        orders.month_key,
        orders.product_name,
        coalesce(enrollments.customer_type, 'unknown') as customer_type,
        sum(orders.amount) as revenue
    from orders
    left join enrollments using (order_key)
    where orders.counts_as_revenue
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
