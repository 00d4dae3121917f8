-- The loaded sheets of a year, with what became of their rows where they have been checked.
select
    manifest.table_name,
    strftime(manifest.month_key, '%Y-%m') as month,
    manifest.source_file,
    manifest.source_sheet,
    manifest.header_rows,
    manifest.columns,
    manifest.rows_read,
    manifest.rows_not_data,
    manifest.rows_kept,
    manifest.not_data,
    list_concat(
        manifest.warnings,
        list_filter(
            ['the amounts were read once only, because the second reader failed (' || controls.problem || ')'],
            lambda warning: warning is not null and manifest.table_name = 'transactions'  -- noqa: RF02
        )
    ) as warnings,
    manifest.source_hash,
    strftime(manifest.loaded_at, '%Y-%m-%dT%H:%M:%SZ') as loaded_at,
    audited.table_name is not null as is_checked,
    audited.rows_valid,
    audited.rows_flagged,
    audited.rows_duplicate,
    audited.amount,
    audited.amount_revenue,
    audited.amount_unassigned,
    audited.amount_stray,
    audited.amount_duplicate
from sheet_manifest as manifest
left join audit_sheets as audited
    on
        manifest.table_name = audited.table_name
        and manifest.entity_code = audited.entity_code
        and manifest.month_key = audited.month_key
        and manifest.source_hash = audited.source_hash
        and manifest.layout_hash = audited.layout_hash
left join sheet_controls as controls
    on manifest.entity_code = controls.entity_code and manifest.month_key = controls.month_key
where manifest.entity_code = $entity and year(manifest.month_key) = $year
order by manifest.month_key, list_position($tables, manifest.table_name)
