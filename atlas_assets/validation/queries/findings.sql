-- What is wrong with rows, in the order of the sheets.
select
    table_name,
    strftime(month_key, '%Y-%m') as month,
    source_cell,
    source_row,
    column_name,
    content,
    reason,
    severity,
    nearest,
    other,
    amount
from audit_flagged_rows
where entity_code = $entity and year(month_key) = $year
order by month_key, table_name, source_row, column_name, reason
