-- Students who enrolled, each once with the first of the orders; of those, if months are given, only who enrolled in
-- these again.
with returned as (
    select distinct student_key
    from traced_orders
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $again_first::date and $again_last::date
),

students as (
    select
        traced_orders.*,
        row_number() over (
            partition by traced_orders.student_key
            order by traced_orders.month_key, traced_orders.order_key
        ) as position
    from traced_orders
    inner join places
        on traced_orders.unit_code = places.unit_code and traced_orders.month_key = places.month_key
    left join returned
        on traced_orders.student_key = returned.student_key
    where
        traced_orders.entity_code = $entity
        and ($customer_types is null or list_contains($customer_types, traced_orders.customer_type))
        and ($products is null or list_contains($products, traced_orders.product_name))
        and ($channels is null or list_contains($channels, traced_orders.channel_name))
        and ($again_first is null or returned.student_key is not null)
)

select
    students.order_key as record_key,
    students.unit_code,
    students.month_key,
    students.receipt_number as label,
    students.student_name as name,
    students.product_name as detail,
    1 as value,
    'transactions' as table_name,
    'student_name' as column_name,
    students.student_name as content,
    students.source_file,
    students.source_sheet,
    students.source_row
from students
where students.position = 1
