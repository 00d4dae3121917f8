-- Orders of which only a part is paid at the end of a month, the oldest first.
with payments as (
    select
        order_key,
        unit_code,
        min(order_month) as won,
        max(month_key) filter (is_payment) as last_payment,
        sum(amount) as paid,
        bool_or(has_part) as has_part,
        bool_or(is_settled) as is_settled
    from marts.mart_order_payments
    where entity_code = $entity and list_contains($units, unit_code) and month_key <= $until::date
    group by order_key, unit_code
)

select
    payments.order_key,
    payments.unit_code,
    strftime(payments.won, '%Y-%m') as won,
    strftime(payments.last_payment, '%Y-%m') as last_payment,
    datediff('month', payments.last_payment, $until::date) as age,
    payments.paid,
    enrollments.intake,
    enrollments.product_name,
    students.student_name
from payments
left join intermediate.int_enrollments as enrollments using (order_key)
left join intermediate.int_students as students using (student_key)
where payments.has_part and not payments.is_settled and payments.paid > 0
order by age desc, payments.paid desc, payments.order_key asc
