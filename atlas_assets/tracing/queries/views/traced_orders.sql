-- Every order that was won, with what the row of its first receipt says.
with receipts as (
    select
        order_key,
        receipt_number,
        student_name,
        organization_text,
        source_file,
        source_sheet,
        source_row,
        row_number() over (
            partition by order_key
            order by month_key, transaction_date, source_file, source_sheet, source_row
        ) as position
    from intermediate.int_orders
    where counts_as_enrollment
)

select
    enrollments.entity_code,
    enrollments.unit_code,
    enrollments.month_key,
    enrollments.order_key,
    enrollments.student_key,
    enrollments.customer_type,
    enrollments.product_name,
    enrollments.channel_name,
    enrollments.organization_name,
    enrollments.is_first_of_year,
    receipts.receipt_number,
    receipts.student_name,
    receipts.organization_text,
    receipts.source_file,
    receipts.source_sheet,
    receipts.source_row
from intermediate.int_enrollments as enrollments
inner join receipts on enrollments.order_key = receipts.order_key and receipts.position = 1
