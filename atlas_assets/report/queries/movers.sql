-- The five programs that gained most on the same period last year and the five that lost most, by revenue, and the same
-- of schools, by students. Small ones are left out: fewer than five students, or less than $smallest, in both years.
with sums as (
    select
        kind,
        unit_code,
        name,
        sum(value) as value,
        sum(last_year_value) as last_year
    from marts.mart_movers
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
    group by all
    having greatest(sum(value), sum(last_year_value)) >= case kind when 'school' then 5 else $smallest end
),

ranked as (
    select
        *,
        value - last_year as delta,
        row_number() over (
            partition by kind
            order by value - last_year desc, name asc, unit_code asc
        ) as from_top,
        row_number() over (
            partition by kind
            order by value - last_year asc, name asc, unit_code asc
        ) as from_bottom
    from sums
)

select
    kind,
    unit_code as unit,
    name,
    value,
    last_year,
    delta,
    case
        when last_year > 0 then round(delta * 100.0 / last_year, 4)
    end::decimal(38, 4) as delta_pct
from ranked
where (from_top <= 5 and delta > 0) or (from_bottom <= 5 and delta < 0)
order by kind asc, delta desc, name asc, unit_code asc
