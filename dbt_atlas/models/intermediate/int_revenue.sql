with orders as (
    select * from {{ ref('int_orders') }}
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
)

-- Money with an unknown student or intake belongs to no enrollment, so its customer type is unknown.
select
    orders.entity_code,
    orders.month_key,
    orders.unit_code,
    orders.product_name,
    orders.order_key,
    enrollments.month_key as order_month,
    orders.student_key,
    coalesce(enrollments.channel_name, orders.channel_name) as channel_name,
    coalesce(enrollments.customer_type, 'unknown') as customer_type,
    orders.payment_pattern,
    orders.amount,
    orders.source_file,
    orders.source_sheet,
    orders.source_row
from orders
left join enrollments on orders.order_key = enrollments.order_key
where orders.counts_as_revenue
