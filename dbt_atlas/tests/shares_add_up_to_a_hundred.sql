{{ config(meta={'dagster': {'ref': {'name': 'mart_channel_marketing'}}}) }}

-- The shares of a unit's channels and customer types in its closings of a month add up to 100 percent.
select
    entity_code,
    unit_code,
    month_key,
    sum(contribution_pct) as total_pct
from {{ ref('mart_channel_marketing') }}
where customer_type != 'all' and {{ in_scope() }}
group by all
having sum(closings) > 0 and abs(sum(contribution_pct) - 100) > 0.000001
