-- Students of each school by year up to a month, the school with most in the newest year first.
with students as (
    select
        organization_name as name,
        year,
        sum(student_count)::bigint as students
    from marts.mart_school_progress
    where entity_code = $entity and list_contains($units, unit_code) and month_key <= $last::date
    group by all
)

select
    students.name,
    organizations.organization_level as level,
    students.year,
    students.students
from students
left join intermediate.int_organizations as organizations
    on organizations.entity_code = $entity and students.name = organizations.organization_name
order by
    arg_max(students.students, students.year) over (partition by students.name) desc,
    students.name asc,
    students.year asc
