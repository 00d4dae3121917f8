-- A digest of every row of the period's sheets, of its content without its number. A row can be of two tables.
with contents as (
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        to_json(transactions) as content
    from raw.transactions
    union all
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        to_json(students) as content
    from raw.students
    union all
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        to_json(organizations) as content
    from raw.organizations
    union all
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        to_json(targets) as content
    from raw.targets
    union all
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        to_json(marketing_activity) as content
    from raw.marketing_activity
),

digests as (
    select
        source_file,
        source_sheet,
        source_row,
        md5(
            json_merge_patch(
                content, '{"source_hash": null, "loaded_at": null, "source_row": null, "row_number": null}'
            )::varchar
        ) as digest
    from contents
    where entity_code = $entity and month_key between $first::date and $last::date
)

select
    source_file as file,
    source_sheet as sheet,
    source_row::varchar as row,
    left(md5(string_agg(digest, '' order by digest)), 8) as digest
from digests
group by source_file, source_sheet, source_row
order by source_file, source_sheet, source_row
