with enrollments as (
    select * from {{ ref('int_enrollments') }}
),

first_of_the_year as (
    select
        *,
        row_number() over (
            partition by entity_code, unit_code, student_key, year(month_key)
            order by month_key, enrolled_on, order_key
        ) as enrollment_number
    from enrollments
)

select
    entity_code,
    unit_code,
    organization_name,
    year(month_key)::integer as year,
    month_key,
    count(*)::bigint as student_count
from first_of_the_year
where enrollment_number = 1 and {{ in_scope() }}
group by all
