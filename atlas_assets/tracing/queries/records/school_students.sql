-- Students, counted in the month of their first order with a unit in a fiscal year, or one of each school.
with students as (
    select
        traced_orders.*,
        row_number() over (
            partition by traced_orders.organization_name
            order by traced_orders.month_key, traced_orders.order_key
        ) as position
    from traced_orders
    inner join places
        on traced_orders.unit_code = places.unit_code and traced_orders.month_key = places.month_key
    where
        traced_orders.entity_code = $entity
        and traced_orders.is_first_of_year
        and ($schools is null or list_contains($schools, traced_orders.organization_name))
        and ($other_schools is null or not list_contains($other_schools, traced_orders.organization_name))
)

select
    students.order_key as record_key,
    students.unit_code,
    students.month_key,
    students.receipt_number as label,
    students.student_name as name,
    students.organization_name as detail,
    1 as value,
    'transactions' as table_name,
    'organization_name' as column_name,
    students.organization_text as content,
    students.source_file,
    students.source_sheet,
    students.source_row
from students
where $counted = 'students' or students.position = 1
