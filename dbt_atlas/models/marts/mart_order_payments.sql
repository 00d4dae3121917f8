with payments as (
    select * from {{ ref('int_revenue') }}
),

rules as (
    select * from {{ source('raw', 'registry_rules') }}
)

select
    payments.entity_code,
    payments.unit_code,
    payments.month_key,
    payments.order_key,
    payments.order_month,
    sum(payments.amount)::decimal(18, 2) as amount,
    bool_or(payments.amount > 0) as is_payment,
    coalesce(bool_or(not list_contains(rules.settling_patterns, payments.payment_pattern)), false) as has_part,
    coalesce(bool_or(list_contains(rules.settling_patterns, payments.payment_pattern)), false) as is_settled
from payments
cross join rules
where payments.order_month is not null and {{ in_scope('payments') }}
group by payments.entity_code, payments.unit_code, payments.month_key, payments.order_key, payments.order_month
