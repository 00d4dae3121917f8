-- Orders that were won, each with the first of its receipts.
select
    traced_orders.order_key as record_key,
    traced_orders.unit_code,
    traced_orders.month_key,
    traced_orders.receipt_number as label,
    traced_orders.student_name as name,
    traced_orders.product_name as detail,
    1 as value,
    'transactions' as table_name,
    'student_name' as column_name,
    traced_orders.student_name as content,
    traced_orders.source_file,
    traced_orders.source_sheet,
    traced_orders.source_row
from traced_orders
inner join places
    on
        traced_orders.unit_code = places.unit_code
        and traced_orders.month_key = places.month_key
        and coalesce(places.channel_name, traced_orders.channel_name) = traced_orders.channel_name
where
    traced_orders.entity_code = $entity
    and ($customer_types is null or list_contains($customer_types, traced_orders.customer_type))
    and ($products is null or list_contains($products, traced_orders.product_name))
    and ($channels is null or list_contains($channels, traced_orders.channel_name))
