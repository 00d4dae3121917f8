-- The sheets that the period's months were read from.
select
    source_file as file,
    source_sheet as sheet,
    min(source_hash) as hash,
    sum(rows_kept)::bigint as rows
from raw.sheet_manifest
where entity_code = $entity and month_key between $first::date and $last::date
group by all
order by all
