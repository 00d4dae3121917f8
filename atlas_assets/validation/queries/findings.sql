-- What is wrong with the rows of some months, in the order of the sheets: one row a finding.
select
    table_name,
    strftime(month_key, '%Y-%m') as month,
    source_file,
    source_sheet,
    source_cell,
    source_row,
    place,
    column_name,
    content,
    reason,
    severity,
    nearest,
    other,
    amount
from audit_flagged_rows
where entity_code = $entity and month_key between $first and $last
order by month_key, table_name, source_row, column_name, reason
