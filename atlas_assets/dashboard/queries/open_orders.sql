-- Orders of which only a part is paid at the end of a month, the oldest first.
select
    orders.order_key,
    orders.unit_code,
    strftime(orders.order_month, '%Y-%m') as won,
    strftime(orders.last_payment_month, '%Y-%m') as last_payment,
    orders.age_months as age,
    orders.paid_so_far as paid,
    enrollments.intake,
    enrollments.product_name,
    students.student_name
from marts.mart_partly_paid_orders as orders
left join intermediate.int_enrollments as enrollments using (order_key)
left join intermediate.int_students as students using (student_key)
where
    orders.entity_code = $entity and list_contains($units, orders.unit_code) and orders.month_key = $until::date
order by orders.age_months desc, orders.paid_so_far desc, orders.order_key asc
