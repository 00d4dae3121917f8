-- From target to actual, unit by unit: of the period and of the fiscal year to its end; from last year, where the
-- period has no target at all. Both sides are of the unit-months that have both. `before` and `after` are the running
-- total of a step, `share_pct` is its part of all gaps on its side, and `running_share_pct` that of it together with
-- the larger ones; units that have nothing to be compared with come last.
with unit_months as (
    select * from marts.mart_unit_months
    where entity_code = $entity and list_contains($units, unit_code)
),

chosen as (
    select case when count(*) filter (target_revenue > 0) > 0 then 'target' else 'last_year' end as reference
    from unit_months
    where month_key between $first::date and $last::date
),

compared as (
    select
        unit_months.unit_code,
        unit_months.month_key,
        unit_months.revenue_actuals,
        chosen.reference,
        case chosen.reference
            when 'target' then unit_months.target_revenue
            else unit_months.last_year_revenue
        end as referred
    from unit_months
    cross join chosen
),

spans as (
    select
        unnest(['period', 'ytd']) as span,
        unnest([$first::date, $year_first::date]) as first_month
),

steps as (
    select
        spans.span,
        compared.reference,
        compared.unit_code,
        sum(compared.referred) as value,
        sum(compared.revenue_actuals) filter (compared.referred is not null) as actuals,
        coalesce(sum(compared.revenue_actuals) filter (compared.referred is null), 0) as actuals_not_compared
    from spans
    inner join compared on compared.month_key between spans.first_month and $last::date
    group by all
),

-- What rounds to nothing, as sentences tell it in percent with one decimal, is level.
judged as (
    select
        *,
        actuals - value as delta,
        case when value > 0 then sign(round((actuals - value) * 100.0 / value, 1)) end as verdict
    from steps
),

ordered as (
    select
        *,
        sum(value) over (partition by span) as all_values,
        sum(delta) over (
            partition by span
            order by delta desc nulls last, unit_code asc
        ) as running,
        row_number() over (
            partition by span
            order by delta desc nulls last, unit_code asc
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
    reference,
    unit_code as unit,
    value,
    actuals,
    actuals_not_compared,
    delta,
    case
        when value > 0 then round(delta * 100.0 / value, 4)
    end::decimal(38, 4) as delta_pct,
    case when delta is not null then all_values + running - delta end as before,
    case when delta is not null then all_values + running end as after,
    round(delta * 100.0 / nullif(gaps_on_its_side, 0), 4)::decimal(38, 4) as share_pct,
    round(larger_gaps * 100.0 / nullif(gaps_on_its_side, 0), 4)::decimal(38, 4) as running_share_pct,
    count(*) filter (verdict > 0) over (partition by span) as above_count,
    count(*) filter (verdict < 0) over (partition by span) as below_count,
    count(verdict) over (partition by span) as compared_count,
    coalesce(sum(delta) filter (delta > 0) over (partition by span), 0) as above_sum,
    coalesce(sum(delta) filter (delta < 0) over (partition by span), 0) as below_sum
from ordered
order by span asc, position asc
