{{ config(materialized='view') }}

with students as (
    select * from {{ ref('mart_students') }}
),

months as (
    select distinct
        entity_code,
        month_key
    from {{ ref('mart_revenue') }}
),

enrolled as (
    select distinct
        entity_code,
        unnest([unit_code, 'all']) as subject_code,
        month_key,
        student_key
    from students
    where counted_as = 'enrolled'
),

complete as (
    select
        months.entity_code,
        months.month_key,
        count(*) = 24 as has_every_month
    from months
    inner join months as loaded
        on
            months.entity_code = loaded.entity_code
            and months.month_key >= loaded.month_key
            and (months.month_key - interval 24 month)::date < loaded.month_key
    group by all
),

-- Who enrolled in the twelve months that end a year before.
base as (
    select distinct
        complete.entity_code,
        complete.month_key,
        complete.has_every_month,
        enrolled.subject_code,
        enrolled.student_key
    from complete
    inner join enrolled
        on
            complete.entity_code = enrolled.entity_code
            and (complete.month_key - interval 24 month)::date < enrolled.month_key
            and (complete.month_key - interval 12 month)::date >= enrolled.month_key
),

-- And again in the twelve months since, with the same unit or, for the entity, with any.
returned as (
    select distinct
        base.entity_code,
        base.subject_code,
        base.month_key,
        base.student_key
    from base
    inner join enrolled
        on
            base.entity_code = enrolled.entity_code
            and base.subject_code = enrolled.subject_code
            and base.student_key = enrolled.student_key
            and (base.month_key - interval 12 month)::date < enrolled.month_key
            and base.month_key >= enrolled.month_key
)

select
    base.entity_code,
    base.subject_code,
    base.month_key,
    count(*) as base_count,
    count(returned.student_key) as returned_count,
    case
        when count(*) >= 20 and bool_and(base.has_every_month)
            then round(count(returned.student_key) * 100.0 / count(*), 4)
    end::double as rate_pct
from base
left join returned using (entity_code, subject_code, month_key, student_key)
group by base.entity_code, base.subject_code, base.month_key
