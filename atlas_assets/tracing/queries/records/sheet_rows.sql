-- Rows of the transaction sheets by what became of them.
select
    order_key as record_key,
    unit_code,
    month_key,
    receipt_number as label,
    student_name as name,
    coalesce(invalid_reason, 'valid') as detail,
    case $counted when 'money' then amount else 1 end as value,
    'transactions' as table_name,
    'amount' as column_name,
    amount_text as content,
    source_file,
    source_sheet,
    source_row
from intermediate.int_orders
where
    entity_code = $entity
    and month_key between $first::date and $last::date
    and ($reasons is null or list_contains($reasons, coalesce(invalid_reason, 'valid')))
    and ($counted != 'money' or amount is not null)
