{{ config(materialized='view') }}

with channels as (
    select * from {{ ref('mart_channel_marketing') }}
),

-- A closing that came through a channel without recorded leads is no part of a conversion.
unit_months as (
    select
        entity_code,
        unit_code,
        month_key,
        sum(target_leads) as target_leads,
        sum(leads) as leads,
        sum(leads) filter (target_leads is not null) as leads_with_target,
        sum(target_leads) filter (leads is not null) as target_with_leads,
        sum(follow_ups) as follow_ups,
        sum(closings) filter (leads is not null) as closings_with_leads
    from channels
    where customer_type = 'all'
    group by all
    having count(leads) + count(target_leads) > 0
)

select
    unit_months.entity_code,
    unit_months.unit_code,
    unit_months.month_key,
    unit_months.target_leads::bigint as target_leads,
    unit_months.leads::bigint as leads,
    unit_months.leads_with_target::bigint as leads_with_target,
    unit_months.target_with_leads::bigint as target_with_leads,
    unit_months.follow_ups::bigint as follow_ups,
    unit_months.closings_with_leads::bigint as closings_with_leads,
    last_year.target_leads::bigint as last_year_target_leads,
    last_year.leads::bigint as last_year_leads,
    last_year.follow_ups::bigint as last_year_follow_ups,
    last_year.closings_with_leads::bigint as last_year_closings_with_leads
from unit_months
left join unit_months as last_year
    on
        unit_months.entity_code = last_year.entity_code
        and unit_months.unit_code = last_year.unit_code
        and (unit_months.month_key - interval 1 year)::date = last_year.month_key
