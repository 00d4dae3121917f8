-- The months of units themselves.
select
    null::varchar as record_key,
    unit_code,
    month_key,
    null::varchar as label,
    unit_code as name,
    strftime(month_key, '%Y-%m') as detail,
    1 as value,
    null::varchar as table_name,
    null::varchar as column_name,
    null::varchar as content,
    null::varchar as source_file,
    null::varchar as source_sheet,
    null::bigint as source_row
from places
