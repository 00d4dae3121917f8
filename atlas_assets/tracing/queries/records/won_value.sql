-- Receipts, up to a month, of the orders that were won in the chosen months.
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
    on traced_receipts.unit_code = places.unit_code and traced_receipts.order_month = places.month_key
where traced_receipts.entity_code = $entity and traced_receipts.month_key <= $until::date
