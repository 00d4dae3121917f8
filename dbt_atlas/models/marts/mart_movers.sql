{{ config(materialized='view') }}

with programs as (
    select * from {{ ref('mart_program_progress') }}
),

schools as (
    select * from {{ ref('mart_school_progress') }}
),

unit_months as (
    select * from {{ ref('mart_unit_months') }}
),

figures as (
    select
        entity_code,
        unit_code,
        month_key,
        'program' as kind,
        product_name as name,
        sum(revenue) as value
    from programs
    group by all
    union all
    select
        entity_code,
        unit_code,
        month_key,
        'school' as kind,
        organization_name as name,
        sum(student_count) as value
    from schools
    where organization_name != 'Unknown'
    group by all
),

-- Each figure in its own month, and once more a year later, as that month's last year.
placed as (
    select
        *,
        null::decimal(38, 2) as last_year_value
    from figures
    union all
    select
        * replace ((month_key + interval 1 year)::date as month_key, null as value),
        value as last_year_value
    from figures
)

select
    placed.entity_code,
    placed.unit_code,
    placed.month_key,
    placed.kind,
    placed.name,
    coalesce(sum(placed.value), 0)::decimal(18, 2) as value,
    coalesce(sum(placed.last_year_value), 0)::decimal(18, 2) as last_year_value
from placed
inner join unit_months using (entity_code, unit_code, month_key)
where unit_months.last_year_revenue is not null
group by placed.entity_code, placed.unit_code, placed.month_key, placed.kind, placed.name
