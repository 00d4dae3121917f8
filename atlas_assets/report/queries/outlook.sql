-- The fiscal year as it would end: one row per unit (null: the entity) and month that is forecast. Only where the year
-- so far is complete and each of its other months has a forecast.
with subjects as (
    select
        unnest(list_append($units, 'all')) as subject_code,
        len($units) as unit_count
),

unit_months as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code
    from marts.mart_unit_months
    where entity_code = $entity and list_contains($units, unit_code)
),

to_date as (
    select
        subject_code,
        sum(revenue_actuals) as actual_to_date,
        count(distinct month_key) as loaded_month_count
    from unit_months
    where month_key between $year_first::date and $last::date
    group by all
),

last_year as (
    select
        subject_code,
        sum(revenue_actuals) as last_year_full,
        count(distinct month_key) filter (has_begun) as loaded_month_count
    from unit_months
    where
        month_key between $year_first::date - interval 12 month and $year_first::date - interval 1 month
    group by all
),

target_rows as (
    select
        unnest([unit_code, 'all']) as subject_code,
        unit_code,
        month_key,
        sum(target_revenue) as target_revenue
    from marts.mart_targets
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and target_revenue is not null
        and month_key between $year_first::date and $year_first::date + interval 11 month
    group by unit_code, month_key
),

targets as (
    select
        subject_code,
        month_key,
        sum(target_revenue) as target
    from target_rows
    group by all
),

year_targets as (
    select
        subject_code,
        sum(target_revenue) as target_full_year,
        count(*) as unit_month_count
    from target_rows
    group by all
),

forecasts as (
    select
        subject_code,
        forecast_month,
        growth_factor,
        last_year_revenue,
        forecast,
        sum(forecast) over (partition by subject_code) as forecast_rest,
        count(*) over (partition by subject_code) as forecast_month_count
    from marts.mart_outlook
    where entity_code = $entity and month_key = $last::date and list_contains($subjects, subject_code)
),

figures as (
    select
        subjects.subject_code,
        forecasts.forecast_month,
        forecasts.forecast,
        forecasts.growth_factor,
        targets.target,
        forecasts.last_year_revenue as last_year,
        to_date.actual_to_date,
        forecasts.forecast_rest,
        to_date.actual_to_date + forecasts.forecast_rest as full_year,
        case
            when
                year_targets.unit_month_count
                = 12 * case subjects.subject_code when 'all' then subjects.unit_count else 1 end
                then year_targets.target_full_year
        end as target_full_year,
        case when last_year.loaded_month_count = 12 then last_year.last_year_full end as last_year_full
    from subjects
    inner join to_date
        on
            subjects.subject_code = to_date.subject_code
            and to_date.loaded_month_count = datediff('month', $year_first::date, $last::date) + 1
    inner join forecasts
        on
            subjects.subject_code = forecasts.subject_code
            and to_date.loaded_month_count + forecasts.forecast_month_count = 12
    left join targets
        on forecasts.subject_code = targets.subject_code and forecasts.forecast_month = targets.month_key
    left join year_targets on subjects.subject_code = year_targets.subject_code
    left join last_year on subjects.subject_code = last_year.subject_code
)

select
    nullif(subject_code, 'all') as unit_code,
    strftime(forecast_month, '%Y-%m') as month,
    forecast,
    target,
    last_year,
    forecast - target as month_gap,
    forecast - last_year as month_delta,
    round(growth_factor, 6)::decimal(38, 6) as growth_factor,
    actual_to_date,
    forecast_rest,
    full_year,
    target_full_year,
    full_year - target_full_year as gap_to_target,
    case
        when target_full_year > 0 then round((full_year - target_full_year) * 100.0 / target_full_year, 4)
    end::decimal(38, 4) as gap_pct,
    last_year_full,
    full_year - last_year_full as delta_last_year,
    case
        when last_year_full > 0 then round((full_year - last_year_full) * 100.0 / last_year_full, 4)
    end::decimal(38, 4) as delta_last_year_pct
from figures
order by all
