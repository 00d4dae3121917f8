-- Receipts of the orders of which only a part is paid at the end of a month, or one receipt of each order.
with receipts as (
    select *
    from traced_receipts
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key <= $until::date
        and order_month is not null
),

open_orders as (
    select
        receipts.unit_code,
        receipts.order_key,
        datediff('month', max(receipts.month_key) filter (receipts.amount > 0), $until::date) as age
    from receipts
    cross join raw.registry_rules as rules
    group by receipts.unit_code, receipts.order_key
    having
        sum(receipts.amount) > 0
        and coalesce(bool_or(not list_contains(rules.settling_patterns, receipts.payment_pattern)), false)
        and not coalesce(bool_or(list_contains(rules.settling_patterns, receipts.payment_pattern)), false)
),

numbered as (
    select
        receipts.*,
        open_orders.age,
        row_number() over (
            partition by receipts.unit_code, receipts.order_key
            order by receipts.position
        ) as receipt_count
    from receipts
    inner join open_orders using (unit_code, order_key)
    where $age is null or least(open_orders.age, 12) = $age
)

select
    numbered.order_key as record_key,
    numbered.unit_code,
    numbered.month_key,
    numbered.receipt_number as label,
    numbered.student_name as name,
    numbered.product_name as detail,
    case $counted when 'money' then numbered.amount when 'orders' then 1 else numbered.age end as value,
    'transactions' as table_name,
    'amount' as column_name,
    numbered.amount_text as content,
    numbered.source_file,
    numbered.source_sheet,
    numbered.source_row
from numbered
where $counted = 'money' or numbered.receipt_count = 1
