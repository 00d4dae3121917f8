{{ config(materialized='view') }}

-- A forecast is made of a whole: that of the entity follows from the sums of its units, not from their forecasts.
with unit_months as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code
    from {{ ref('mart_unit_months') }}
),

months as (
    select
        entity_code,
        subject_code,
        month_key,
        fiscal_year_start,
        sum(revenue_actuals) filter (has_begun) as revenue,
        sum(revenue_actuals) filter (last_year_revenue is not null) as matched_revenue,
        sum(last_year_revenue) as matched_last_year,
        count(last_year_revenue) > 0 as is_matched
    from unit_months
    group by all
),

to_date as (
    select
        entity_code,
        subject_code,
        month_key,
        fiscal_year_start,
        sum(matched_revenue) over year_so_far / nullif(sum(matched_last_year) over year_so_far, 0) as growth_factor,
        sum(matched_last_year) over year_so_far as matched_last_year,
        count(*) filter (is_matched) over year_so_far as matched_month_count
    from months
    window year_so_far as (partition by entity_code, subject_code, fiscal_year_start order by month_key)
),

remaining as (
    select
        *,
        unnest(
            generate_series(month_key + interval 1 month, fiscal_year_start + interval 11 month, interval 1 month)
        )::date as forecast_month
    from to_date
    where matched_month_count >= 3 and matched_last_year > 0 and growth_factor between 0.2 and 5
)

select
    remaining.entity_code,
    remaining.subject_code,
    remaining.month_key,
    remaining.forecast_month,
    remaining.growth_factor::double as growth_factor,
    last_year.revenue::decimal(18, 2) as last_year_revenue,
    round(last_year.revenue * remaining.growth_factor, 2)::decimal(18, 2) as forecast
from remaining
inner join months as last_year
    on
        remaining.entity_code = last_year.entity_code
        and remaining.subject_code = last_year.subject_code
        and (remaining.forecast_month - interval 1 year)::date = last_year.month_key
where last_year.revenue >= 0
