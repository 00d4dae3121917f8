-- The columns of a sheet, as they were read.
select columns from raw.sheet_manifest
where
    entity_code = $entity and table_name = $table and month_key = $month
    and source_file = $file and source_sheet = $sheet
