-- The marketing funnel: one row per unit (null: the entity) and step. Each step is compared with last year over the
-- unit-months in which both years have it.
with rows_of as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code
    from marts.mart_funnel
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
),

steps as (
    select
        subject_code,
        unnest(['target_leads', 'leads', 'follow_ups', 'closings']) as step,
        unnest([target_leads, leads, follow_ups, closings_with_leads]) as value,
        unnest([last_year_target_leads, last_year_leads, last_year_follow_ups, last_year_closings_with_leads])
            as last_year,
        leads,
        last_year_leads
    from rows_of
),

sums as (
    select
        subject_code,
        step,
        sum(value) as value,
        sum(value) filter (last_year is not null) as actuals,
        sum(last_year) filter (value is not null) as last_year,
        sum(leads) filter (value is not null) as leads,
        sum(leads) filter (value is not null and last_year is not null) as matched_leads,
        sum(last_year_leads) filter (value is not null and last_year is not null) as matched_last_year_leads,
        count(*) filter (value is not null and last_year is not null) as have
    from steps
    group by all
),

figures as (
    select
        subject_code,
        step,
        value::decimal(38, 4) as value,
        actuals::decimal(38, 4) as actuals,
        last_year::decimal(38, 4) as last_year,
        have
    from sums
    union all
    select
        subject_code,
        'conversion' as step,
        round(value * 100.0 / nullif(leads, 0), 4)::decimal(38, 4) as value,
        round(actuals * 100.0 / nullif(matched_leads, 0), 4)::decimal(38, 4) as actuals,
        round(last_year * 100.0 / nullif(matched_last_year_leads, 0), 4)::decimal(38, 4) as last_year,
        have
    from sums
    where step = 'closings'
),

planned as (
    select
        subject_code,
        sum(leads_with_target) as leads_matched_target,
        sum(target_with_leads) as target
    from rows_of
    group by all
)

select
    nullif(figures.subject_code, 'all') as unit_code,
    figures.step,
    figures.value,
    figures.actuals,
    figures.last_year,
    figures.actuals - figures.last_year as delta,
    case
        when figures.last_year > 0 and figures.step != 'conversion'
            then round((figures.actuals - figures.last_year) * 100.0 / figures.last_year, 4)
    end::decimal(38, 4) as delta_pct,
    figures.have,
    (datediff('month', $first::date, $last::date) + 1)
    * case figures.subject_code when 'all' then len($units) else 1 end
        as whole,
    (planned.leads_matched_target - planned.target)::decimal(38, 4) as gap_to_target,
    case
        when planned.target > 0 then round(planned.leads_matched_target * 100.0 / planned.target, 4)
    end::decimal(38, 4) as achievement_pct
from figures
inner join planned using (subject_code)
where figures.value is not null
order by all
