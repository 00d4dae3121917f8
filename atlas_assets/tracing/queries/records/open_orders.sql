-- Receipts of the orders of which only a part is paid at the end of a month, or one receipt of each order.
with numbered as (
    select
        receipts.*,
        orders.age_months,
        row_number() over (
            partition by receipts.unit_code, receipts.order_key
            order by receipts.position
        ) as receipt_count
    from traced_receipts as receipts
    inner join marts.mart_partly_paid_orders as orders
        on
            receipts.entity_code = orders.entity_code
            and receipts.unit_code = orders.unit_code
            and receipts.order_key = orders.order_key
            and receipts.month_key <= orders.month_key
    where
        orders.entity_code = $entity
        and list_contains($units, orders.unit_code)
        and orders.month_key = $until::date
        and receipts.order_month is not null
        and ($age is null or least(orders.age_months, 12) = $age)
)

select
    numbered.order_key as record_key,
    numbered.unit_code,
    numbered.month_key,
    numbered.receipt_number as label,
    numbered.student_name as name,
    numbered.product_name as detail,
    case $counted when 'money' then numbered.amount when 'orders' then 1 else numbered.age_months end as value,
    'transactions' as table_name,
    'amount' as column_name,
    numbered.amount_text as content,
    numbered.source_file,
    numbered.source_sheet,
    numbered.source_row
from numbered
where $counted = 'money' or numbered.receipt_count = 1
