{{ config(meta={'dagster': {'ref': {'name': 'mart_school_progress'}}}) }}

-- Once a year's months are all built, a unit's students by school add up to those who enrolled there that year.
with built as (
    select
        entity_code,
        {{ fiscal_year('month_key') }} as year
    from {{ ref('audit_months') }}
    left join {{ ref('built_months') }} as marts using (entity_code, month_key)
    group by all
    having bool_and(marts.digests is not distinct from audit_months.digests)
),

students as (
    select
        entity_code,
        unit_code,
        {{ fiscal_year('month_key') }} as year,
        count(distinct student_key) as student_count
    from {{ ref('int_enrollments') }}
    group by all
),

schools as (
    select
        entity_code,
        unit_code,
        year,
        sum(student_count) as student_count
    from {{ ref('mart_school_progress') }}
    group by all
)

select
    entity_code,
    unit_code,
    year,
    students.student_count as students,
    schools.student_count as by_school
from students
full outer join schools using (entity_code, unit_code, year)
inner join built using (entity_code, year)
where students.student_count is distinct from schools.student_count and {{ of_entities() }}
