-- Students by school since the fiscal year began, and in the same months a year before: for each unit its ten largest
-- schools, the others together, those without a school, and all.
with comparable as (
    select
        unit_code,
        last_year_month_count = month_count as has_last_year
    from marts.mart_year_to_date
    where entity_code = $entity and list_contains($units, unit_code) and month_key = $last::date
),

schools as (
    select
        unit_code,
        organization_name as name,
        coalesce(sum(student_count) filter (year = $year), 0) as students,
        coalesce(sum(student_count) filter (year = $year - 1), 0) as last_year
    from marts.mart_school_progress
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and (
            month_key between $year_first::date and $last::date
            or month_key between $year_first::date - interval 1 year and $last::date - interval 1 year
        )
    group by all
),

ranked as (
    select
        *,
        row_number() over (
            partition by unit_code
            order by name = 'Unknown' asc, students desc, last_year desc, name asc
        ) as position
    from schools
),

placed as (
    select
        unit_code,
        case when name = 'Unknown' then 'unknown' when position <= 10 then 'school' else 'others' end as kind,
        case when name != 'Unknown' and position <= 10 then name end as name,
        students,
        last_year,
        position
    from ranked
),

figures as (
    select
        unit_code,
        kind,
        name,
        count(*) as school_count,
        sum(students) as students,
        sum(last_year) as last_year,
        min(position) as position
    from placed
    group by all
    union all
    select
        unit_code,
        'total' as kind,
        null as name,
        count(*) filter (kind != 'unknown') as school_count,
        sum(students) as students,
        sum(last_year) as last_year,
        1000000 as position
    from placed
    group by unit_code
)

select
    figures.unit_code,
    figures.kind,
    figures.name,
    organizations.organization_level as level,
    figures.school_count::bigint as school_count,
    figures.students::bigint as students,
    case when comparable.has_last_year then figures.last_year end::bigint as last_year,
    case when comparable.has_last_year then figures.students - figures.last_year end::bigint as delta
from figures
left join comparable using (unit_code)
left join intermediate.int_organizations as organizations
    on organizations.entity_code = $entity and figures.name = organizations.organization_name
order by figures.unit_code asc, figures.position asc
