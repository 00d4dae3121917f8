-- Every row of a target sheet that belongs to a unit, with its cells as written.
select
    targets.entity_code,
    targets.unit_code,
    targets.month_key,
    coalesce(targets.product_name, 'Unknown') as product_name,
    targets.target_revenue,
    targets.target_students,
    cells.target_revenue as revenue_text,
    cells.target_students as students_text,
    targets.source_file,
    targets.source_sheet,
    targets.source_row
from intermediate.int_targets as targets
inner join raw.targets as cells using (entity_code, month_key, source_file, source_sheet, source_row)
where targets.unit_code is not null
