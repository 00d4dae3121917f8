-- Every receipt that counts as revenue, with what its row says.
select
    revenue.entity_code,
    revenue.unit_code,
    revenue.month_key,
    revenue.order_month,
    revenue.order_key,
    revenue.student_key,
    revenue.customer_type,
    revenue.product_name,
    revenue.payment_pattern,
    revenue.amount,
    orders.receipt_number,
    orders.student_name,
    orders.amount_text,
    revenue.source_file,
    revenue.source_sheet,
    revenue.source_row,
    (revenue.month_key, revenue.source_file, revenue.source_sheet, revenue.source_row) as position
from intermediate.int_revenue as revenue
inner join intermediate.int_orders as orders
    using (entity_code, month_key, source_file, source_sheet, source_row)
