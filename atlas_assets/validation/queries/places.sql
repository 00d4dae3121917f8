-- What is wrong with the rows of some months: one row a finding, with its place.
select
    strftime(month_key, '%Y-%m') as month,
    source_file as file,
    source_sheet as sheet,
    coalesce(source_cell, 'A' || source_row) as cell,
    coalesce(content, '') as content,
    reason,
    severity,
    nearest,
    other,
    amount
from audit_flagged_rows
where entity_code = $entity and month_key between $first and $last
order by month_key, table_name, source_file, source_sheet, source_row, column_name, reason
