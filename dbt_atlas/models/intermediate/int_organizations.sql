with orders as (
    select * from {{ ref('int_orders') }}
),

reference as (
    select
        *,
        {{ code_of('level', 'organization_level_text') }} as organization_level
    from {{ ref('stg_organizations') }}
    where normalized_organization_name is not null
),

mentioned as (
    select
        entity_code,
        normalized_organization_name,
        organization_name,
        organization_level,
        null as city,
        month_key,
        source_row,
        false as is_reference
    from orders
    where normalized_organization_name is not null
    union all
    select
        entity_code,
        normalized_organization_name,
        organization_name,
        organization_level,
        city,
        month_key,
        source_row,
        true as is_reference
    from reference
)

-- The reference sheet takes precedence, then the latest mention.
select
    entity_code,
    normalized_organization_name as normalized_name,
    min(organization_name) as organization_name,
    arg_max(organization_level, (is_reference, month_key, source_row))
    filter (organization_level is not null) as organization_level,
    arg_max(city, (is_reference, month_key, source_row)) filter (city is not null) as city,
    min(month_key) as first_month_key
from mentioned
group by entity_code, normalized_organization_name
