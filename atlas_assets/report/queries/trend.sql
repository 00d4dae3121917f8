-- Thirteen months that end with the period: one row per unit (null: the entity) and month. A gap is that of the units
-- that have both sides in the month.
with months as (
    select unnest(generate_series($last::date - interval 12 month, $last::date, interval 1 month))::date as month_key
),

subjects as (
    select unnest(list_append($units, 'all')) as subject_code
),

unit_months as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code
    from marts.mart_unit_months
    where entity_code = $entity and list_contains($units, unit_code)
),

figures as (
    select
        subjects.subject_code,
        months.month_key,
        sum(unit_months.revenue_actuals) as actuals,
        sum(unit_months.target_revenue) as target,
        sum(unit_months.revenue_actuals) filter (unit_months.target_revenue is not null) as actuals_matched_target,
        count(unit_months.target_revenue) as target_have,
        sum(unit_months.last_year_revenue) as last_year,
        sum(unit_months.revenue_actuals) filter (unit_months.last_year_revenue is not null)
            as actuals_matched_last_year,
        count(unit_months.last_year_revenue) as last_year_have,
        case subjects.subject_code when 'all' then len($units) else 1 end as whole
    from subjects
    cross join months
    left join unit_months
        on subjects.subject_code = unit_months.subject_code and months.month_key = unit_months.month_key
    group by subjects.subject_code, months.month_key
)

select
    nullif(subject_code, 'all') as unit_code,
    strftime(month_key, '%Y-%m') as month,
    actuals,
    target,
    last_year,
    actuals_matched_target - target as gap_to_target,
    actuals_matched_last_year - last_year as delta_last_year,
    target_have,
    last_year_have,
    whole
from figures
order by all
