-- Receipts that count as revenue.
select
    traced_receipts.order_key as record_key,
    traced_receipts.unit_code,
    traced_receipts.month_key,
    traced_receipts.receipt_number as label,
    traced_receipts.student_name as name,
    traced_receipts.product_name as detail,
    traced_receipts.amount as value,
    'transactions' as table_name,
    'amount' as column_name,
    traced_receipts.amount_text as content,
    traced_receipts.source_file,
    traced_receipts.source_sheet,
    traced_receipts.source_row
from traced_receipts
inner join places
    on
        traced_receipts.unit_code = places.unit_code
        and traced_receipts.month_key = places.month_key
        and coalesce(places.product_name, traced_receipts.product_name) = traced_receipts.product_name
where
    traced_receipts.entity_code = $entity
    and ($customer_types is null or list_contains($customer_types, traced_receipts.customer_type))
    and ($products is null or list_contains($products, traced_receipts.product_name))
