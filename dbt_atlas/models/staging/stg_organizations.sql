with raw_organizations as (
    select * from {{ source('raw', 'organizations') }}
    where {{ not_staged() }}
)

select
    entity_code,
    month_key,
    source_file,
    source_sheet,
    source_row,
    source_hash,
    loaded_at,
    {{ clean_text('organization_name') }} as organization_name,
    {{ folded_name(clean_text('organization_name')) }} as normalized_organization_name,
    {{ clean_text('organization_level') }} as organization_level_text,
    {{ clean_text('city') }} as city,
    {{ error_columns(source_columns('organizations')) }} as error_columns
from raw_organizations
