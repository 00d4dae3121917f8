-- From target to actual, unit by unit: of the period and of the fiscal year to its end. `before` and `after` are the
-- running total of a step, `share_pct` is its part of all gaps on its side, and `running_share_pct` that of it together
-- with the larger ones; units without any target come last.
with unit_months as (
    select * from marts.mart_unit_months
    where entity_code = $entity and list_contains($units, unit_code)
),

spans as (
    select
        unnest(['period', 'ytd']) as span,
        unnest([$first::date, $year_first::date]) as first_month
),

steps as (
    select
        spans.span,
        unit_months.unit_code,
        sum(unit_months.target_revenue) as target,
        sum(unit_months.revenue_actuals) as actuals,
        coalesce(sum(unit_months.revenue_actuals) filter (unit_months.target_revenue is null), 0) as without_target
    from spans
    inner join unit_months on unit_months.month_key between spans.first_month and $last::date
    group by all
),

gaps as (
    select
        *,
        actuals - without_target - target as delta
    from steps
),

-- What rounds to nothing, as sentences tell it in percent with one decimal, is on target.
judged as (
    select
        *,
        case when target > 0 then sign(round(delta * 100.0 / target, 1)) end as verdict
    from gaps
),

ordered as (
    select
        *,
        sum(target) over (partition by span) as all_targets,
        sum(delta) over (
            partition by span
            order by delta desc nulls last, unit_code asc
        ) as running,
        row_number() over (
            partition by span
            order by delta desc nulls last, actuals desc, unit_code asc
        ) as position,
        sum(delta) over (partition by span, sign(delta)) as gaps_on_its_side,
        sum(delta) over (
            partition by span, sign(delta)
            order by abs(delta) desc, unit_code asc
        ) as larger_gaps
    from judged
)

select
    span,
    unit_code as unit,
    target,
    actuals,
    delta,
    case
        when target > 0 then round(delta * 100.0 / target, 4)
    end::decimal(38, 4) as delta_pct,
    without_target,
    case when delta is not null then all_targets + running - delta end as before,
    case when delta is not null then all_targets + running end as after,
    round(delta * 100.0 / nullif(gaps_on_its_side, 0), 4)::decimal(38, 4) as share_pct,
    round(larger_gaps * 100.0 / nullif(gaps_on_its_side, 0), 4)::decimal(38, 4) as running_share_pct,
    count(*) filter (verdict > 0) over (partition by span) as above_count,
    count(*) filter (verdict < 0) over (partition by span) as below_count,
    count(verdict) over (partition by span) as with_target_count
from ordered
order by span asc, position asc
