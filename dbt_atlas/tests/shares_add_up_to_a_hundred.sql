{{ config(meta={'dagster': {'ref': {'name': 'mart_channel_marketing'}}}) }}

-- The channels and customer types of a unit's month share its closings among them.
select
    entity_code,
    unit_code,
    month_key,
    sum(contribution_pct) as total_pct
from {{ ref('mart_channel_marketing') }}
where customer_type != 'all'
group by all
having sum(closings) > 0 and abs(sum(contribution_pct) - 100) > 0.000001
