-- What became of the rows and the money of some months that were checked.
select
    coalesce(sum(rows_valid), 0)::bigint as valid,
    coalesce(sum(rows_flagged), 0)::bigint as flagged,
    coalesce(sum(rows_duplicate), 0)::bigint as duplicates,
    coalesce(sum(amount_unassigned), 0) as unassigned,
    (
        select count(*) from audit_flagged_rows
        where
            audit_flagged_rows.entity_code = $entity
            and not audit_flagged_rows.month_key between $first and $last
    ) as elsewhere
from audit_sheets
where entity_code = $entity and month_key between $first and $last
