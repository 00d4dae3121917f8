-- Revenue against target: one row per unit (null: the entity) that has a target in the period.
with targets as (
    select
        unit_code,
        sum(target_revenue) as revenue_target
    from marts.mart_targets
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
    group by rollup(unit_code)
),

revenue as (
    select
        unit_code,
        sum(revenue_actuals) as revenue_actuals
    from marts.mart_revenue
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
    group by rollup(unit_code)
),

compared as (
    select
        targets.unit_code,
        targets.revenue_target,
        coalesce(revenue.revenue_actuals, 0) - targets.revenue_target as gap_to_target,
        case
            when targets.revenue_target > 0
                then round(coalesce(revenue.revenue_actuals, 0) * 100.0 / targets.revenue_target, 4)
        end::decimal(38, 4) as achievement_pct
    from targets
    left join revenue on targets.unit_code is not distinct from revenue.unit_code
    where targets.revenue_target is not null
)

select
    *,
    achievement_pct - 100 as gap_pct
from compared
order by all
