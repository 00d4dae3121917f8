-- The newest load of the data that the report is computed from.
select max(loaded_at) as loaded_at
from raw.sheet_manifest
where entity_code = $entity and month_key <= $last::date
