{%- set methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] -%}

with orders as (
    select * from {{ ref('stg_orders') }}
),

payments as (
    select
        order_id,
        {%- for method in methods %}
            coalesce(sum(amount) filter (payment_method = '{{ method }}'), 0)::decimal(18, 2) as {{ method }}_amount,
        {%- endfor %}
        sum(amount)::decimal(18, 2) as amount
    from {{ ref('stg_payments') }}
    group by order_id
)

select
    orders.order_id,
    orders.customer_id,
    orders.order_date,
    orders.status,
    {%- for method in methods %}
        coalesce(payments.{{ method }}_amount, 0)::decimal(18, 2) as {{ method }}_amount,
    {%- endfor %}
    coalesce(payments.amount, 0)::decimal(18, 2) as amount
from orders
left join payments on orders.order_id = payments.order_id
