-- All loaded sheets of a year together; valid, flagged and duplicate rows once all are checked.
select
    count(*) as sheets_loaded,
    coalesce(sum(manifest.rows_read), 0)::bigint as rows_read,
    coalesce(sum(manifest.rows_not_data), 0)::bigint as rows_not_data,
    coalesce(sum(manifest.rows_kept), 0)::bigint as rows_kept,
    case when count(*) = count(audited.table_name) then sum(audited.rows_valid)::bigint end as rows_valid,
    case when count(*) = count(audited.table_name) then sum(audited.rows_flagged)::bigint end as rows_flagged,
    case when count(*) = count(audited.table_name) then sum(audited.rows_duplicate)::bigint end as rows_duplicate,
    coalesce(sum(len(manifest.warnings)), 0)::bigint + (
        select count(*) from audit_flagged_rows
        where
            audit_flagged_rows.entity_code = $entity
            and year(audit_flagged_rows.month_key) = $year
            and audit_flagged_rows.severity = 'warning'
    ) + (
        select count(sheet_controls.problem) from sheet_controls
        where sheet_controls.entity_code = $entity and year(sheet_controls.month_key) = $year
    ) as warnings
from sheet_manifest as manifest
left join audit_sheets as audited
    on
        manifest.table_name = audited.table_name
        and manifest.entity_code = audited.entity_code
        and manifest.month_key = audited.month_key
        and manifest.source_hash = audited.source_hash
        and manifest.layout_hash = audited.layout_hash
where manifest.entity_code = $entity and year(manifest.month_key) = $year
