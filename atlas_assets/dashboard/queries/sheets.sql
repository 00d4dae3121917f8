-- What became of the rows and the money of each sheet.
select
    source_file,
    source_sheet,
    table_name,
    strftime(month_key, '%Y-%m') as month,
    rows_read,
    rows_not_data,
    rows_valid,
    rows_flagged,
    rows_duplicate,
    amount
from intermediate.audit_sheets
where entity_code = $entity and month_key between $first::date and $last::date
order by month_key, source_file, source_sheet, table_name
