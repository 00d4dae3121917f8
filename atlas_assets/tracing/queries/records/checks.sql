-- The pairs of figures that a reconciliation compares.
select
    null as record_key,
    null as unit_code,
    month_key,
    null as label,
    place as name,
    details as detail,
    case $counted
        when 'expected' then expected
        when 'actual' then actual
        when 'figures' then 1
        else (not is_reconciled)::integer
    end as value,
    null as table_name,
    null as column_name,
    null as content,
    null as source_file,
    null as source_sheet,
    null as source_row
from marts.reconciliation
where
    entity_code = $entity
    and month_key between $first::date and $last::date
    and check_name = $check
    and unit = $unit
    and ($counted != 'differing' or not is_reconciled)
