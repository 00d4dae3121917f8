-- Who of the year before enrolled again: one row per unit (null: the entity). A report of some units has none in total.
select
    nullif(now.subject_code, 'all') as unit_code,
    now.base_count as base,
    now.returned_count as returned,
    now.rate_pct::decimal(38, 4) as rate_pct,
    year_before.rate_pct::decimal(38, 4) as last_year_rate_pct
from marts.mart_retention as now
left join marts.mart_retention as year_before
    on
        now.entity_code = year_before.entity_code
        and now.subject_code = year_before.subject_code
        and year_before.month_key = ($last::date - interval 1 year)::date
where now.entity_code = $entity and now.month_key = $last::date and list_contains($subjects, now.subject_code)
order by all
