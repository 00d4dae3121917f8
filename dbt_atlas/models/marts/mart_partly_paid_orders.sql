{{ config(materialized='view') }}

with payments as (
    select * from {{ ref('mart_order_payments') }}
),

months as (
    select distinct
        entity_code,
        month_key
    from {{ ref('mart_revenue') }}
),

-- What had been paid by the end of a month, whatever came later.
orders as (
    select
        months.entity_code,
        payments.unit_code,
        months.month_key,
        payments.order_key,
        min(payments.order_month) as order_month,
        sum(payments.amount) as paid_so_far,
        max(payments.month_key) filter (payments.is_payment) as last_payment_month,
        bool_or(payments.has_part) as has_part,
        bool_or(payments.is_settled) as is_settled
    from months
    inner join payments
        on months.entity_code = payments.entity_code and months.month_key >= payments.month_key
    group by all
)

select
    entity_code,
    unit_code,
    month_key,
    order_key,
    order_month,
    last_payment_month,
    datediff('month', last_payment_month, month_key)::bigint as age_months,
    paid_so_far::decimal(18, 2) as paid_so_far
from orders
where has_part and not is_settled and paid_so_far > 0
