-- The pairs of figures that a reconciliation compares.
select
    null::varchar as record_key,
    null::varchar as unit_code,
    month_key,
    null::varchar as label,
    place as name,
    details as detail,
    case $counted
        when 'expected' then expected
        when 'actual' then actual
        when 'figures' then 1
        else (not is_reconciled)::integer
    end as value,
    null::varchar as table_name,
    null::varchar as column_name,
    null::varchar as content,
    null::varchar as source_file,
    null::varchar as source_sheet,
    null::bigint as source_row
from marts.reconciliation
where
    entity_code = $entity
    and month_key between $first::date and $last::date
    and check_name = $check
    and unit = $unit
    and ($counted != 'differing' or not is_reconciled)
