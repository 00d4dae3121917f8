with enrollments as (
    select * from {{ ref('int_enrollments') }}
)

select
    entity_code,
    unit_code,
    organization_name,
    {{ fiscal_year('month_key') }}::integer as year,
    month_key,
    count(*)::bigint as student_count
from enrollments
where is_first_of_year and {{ in_scope() }}
group by all
