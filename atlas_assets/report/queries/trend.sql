-- Thirteen months that end with the period: one row per unit (null: the entity) and month.
with months as (
    select unnest(generate_series($last::date - interval 12 month, $last::date, interval 1 month))::date as month_key
),

loaded as (
    select distinct month_key from marts.mart_revenue
    where entity_code = $entity
),

-- Each unit's rows, and all of them again for the entity.
revenue_rows as (
    select
        unnest([unit_code, null]) as unit_code,
        month_key,
        revenue_actuals as value
    from marts.mart_revenue
    where entity_code = $entity and list_contains($units, unit_code)
),

revenue as (
    select
        unit_code,
        month_key,
        sum(value) as value
    from revenue_rows
    group by all
),

target_rows as (
    select
        unnest([unit_code, null]) as unit_code,
        month_key,
        target_revenue as value
    from marts.mart_targets
    where entity_code = $entity and list_contains($units, unit_code)
),

targets as (
    select
        unit_code,
        month_key,
        sum(value) as value
    from target_rows
    group by all
),

subjects as (
    select unnest($units) as unit_code
    union all
    select null as unit_code
),

figures as (
    select
        subjects.unit_code,
        strftime(months.month_key, '%Y-%m') as month,
        case when this_year.month_key is not null then coalesce(actuals.value, 0) end as actuals,
        targets.value as target,
        case when year_before.month_key is not null then coalesce(last_year.value, 0) end as last_year
    from subjects
    cross join months
    left join loaded as this_year on months.month_key = this_year.month_key
    left join loaded as year_before on months.month_key - interval 1 year = year_before.month_key
    left join revenue as actuals
        on subjects.unit_code is not distinct from actuals.unit_code and months.month_key = actuals.month_key
    left join revenue as last_year
        on
            subjects.unit_code is not distinct from last_year.unit_code
            and months.month_key - interval 1 year = last_year.month_key
    left join targets
        on subjects.unit_code is not distinct from targets.unit_code and months.month_key = targets.month_key
)

select
    *,
    actuals - target as gap_to_target,
    actuals - last_year as delta_last_year
from figures
order by all
