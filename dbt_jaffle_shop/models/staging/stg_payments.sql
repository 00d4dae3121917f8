select
    id as payment_id,
    order_id,
    payment_method,
    (amount / 100)::decimal(18, 2) as amount
from {{ source('jaffle_shop_raw', 'raw_payments') }}
