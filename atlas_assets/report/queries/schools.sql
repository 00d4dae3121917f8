-- Students by unit, school and year up to the period's end.
select
    progress.unit_code,
    progress.organization_name,
    progress.year,
    sum(progress.student_count)::bigint as student_count,
    min(organizations.organization_level) as organization_level,
    sum(sum(progress.student_count)) over (partition by progress.unit_code, progress.year)::bigint as total
from marts.mart_school_progress as progress
left join intermediate.int_organizations as organizations
    on
        progress.entity_code = organizations.entity_code
        and progress.organization_name = organizations.organization_name
where
    progress.entity_code = $entity
    and list_contains($units, progress.unit_code)
    and progress.month_key <= $last::date
group by progress.unit_code, progress.organization_name, progress.year
order by
    progress.unit_code asc,
    sum(sum(progress.student_count)) filter (progress.year = $year) over (
        partition by progress.unit_code, progress.organization_name
    ) desc nulls last,
    progress.organization_name,
    progress.year asc
