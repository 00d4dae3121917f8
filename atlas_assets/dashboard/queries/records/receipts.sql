-- The receipts of an order, the oldest first.
select
    receipt.id,
    receipt.receipt_number,
    receipt.transacted_on,
    receipt.month_key,
    receipt.amount,
    method.name as method,
    pattern.name as pattern,
    receipt.source_file,
    receipt.source_sheet,
    receipt.source_row
from finance_transaction as receipt
left join finance_payment_method as method on receipt.method_id = method.id
left join finance_payment_pattern as pattern on receipt.pattern_id = pattern.id
where receipt.order_id = :id
order by receipt.month_key, receipt.source_row
