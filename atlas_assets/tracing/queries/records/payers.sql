-- Students who paid, each once with the first of the receipts.
with payers as (
    select
        traced_receipts.*,
        row_number() over (
            partition by traced_receipts.student_key
            order by traced_receipts.position
        ) as receipt_count
    from traced_receipts
    inner join places
        on traced_receipts.unit_code = places.unit_code and traced_receipts.month_key = places.month_key
    where traced_receipts.entity_code = $entity and traced_receipts.student_key is not null
)

select
    payers.order_key as record_key,
    payers.unit_code,
    payers.month_key,
    payers.receipt_number as label,
    payers.student_name as name,
    payers.product_name as detail,
    1 as value,
    'transactions' as table_name,
    'student_name' as column_name,
    payers.student_name as content,
    payers.source_file,
    payers.source_sheet,
    payers.source_row
from payers
where payers.receipt_count = 1
