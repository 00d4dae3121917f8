-- Targets of revenue or of students.
with counted as (
    select
        traced_targets.*,
        case $counted
            when 'target_revenue' then traced_targets.target_revenue
            when 'target_students' then traced_targets.target_students
        end as value,
        case $counted
            when 'target_revenue' then traced_targets.revenue_text
            when 'target_students' then traced_targets.students_text
        end as content
    from traced_targets
    inner join places
        on
            traced_targets.unit_code = places.unit_code
            and traced_targets.month_key = places.month_key
    where
        traced_targets.entity_code = $entity
        and ($products is null or list_contains($products, traced_targets.product_name))
)

select
    null::varchar as record_key,
    unit_code,
    month_key,
    null::varchar as label,
    product_name as name,
    unit_code as detail,
    value,
    'targets' as table_name,
    $counted as column_name,
    content,
    source_file,
    source_sheet,
    source_row
from counted
where value is not null
