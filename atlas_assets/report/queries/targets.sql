-- Revenue against target over the unit-months that have one: a row per unit (null: the entity), of the period and of
-- the fiscal year to its end.
with unit_months as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code,
        month_key between $first::date and $last::date as is_reported
    from marts.mart_unit_months
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between least($first::date, $year_first::date) and $last::date
),

spans as (
    select
        *,
        unnest(
            list_filter(
                [
                    case when is_reported then 'period' end,
                    case when month_key >= $year_first::date then 'ytd' end
                ],
                lambda span: span is not null  -- noqa: RF02
            )
        ) as span
    from unit_months
),

sums as (
    select
        subject_code,
        span,
        sum(revenue_actuals) as actuals,
        sum(target_revenue) as target,
        sum(revenue_actuals) filter (target_revenue is not null) as actuals_matched_target,
        coalesce(sum(revenue_actuals) filter (target_revenue is null), 0) as actuals_without_target,
        count(target_revenue) as target_have,
        sum(last_year_revenue) as last_year,
        sum(revenue_actuals) filter (last_year_revenue is not null) as actuals_matched_last_year,
        count(last_year_revenue) as last_year_have,
        count(distinct month_key) as loaded_months,
        (datediff('month', case span when 'ytd' then $year_first::date else $first::date end, $last::date) + 1)
        * case subject_code when 'all' then len($units) else 1 end as whole
    from spans
    group by all
)

select
    nullif(subject_code, 'all') as unit_code,
    span,
    actuals,
    target,
    actuals_matched_target,
    actuals_without_target,
    actuals_matched_target - target as gap,
    case
        when target > 0 then round((actuals_matched_target - target) * 100.0 / target, 4)
    end::decimal(38, 4) as gap_pct,
    case
        when target > 0 then round(actuals_matched_target * 100.0 / target, 4)
    end::decimal(38, 4) as achievement_pct,
    last_year,
    actuals_matched_last_year,
    actuals_matched_last_year - last_year as delta_last_year,
    case
        when last_year > 0 then round((actuals_matched_last_year - last_year) * 100.0 / last_year, 4)
    end::decimal(38, 4) as delta_last_year_pct,
    target_have,
    last_year_have,
    loaded_months,
    whole
from sums
order by all
