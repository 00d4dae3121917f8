-- Months of units for which a step of the marketing funnel was recorded: in this year or, if matched, in both years.
-- Each channel whose leads are recorded stands by itself, if wanted.
with steps as (
    select
        unit_code,
        month_key,
        case $step
            when 'target_leads' then target_leads
            when 'leads' then leads
            when 'follow_ups' then follow_ups
            when 'closings' then closings_with_leads
        end as value,
        case $step
            when 'target_leads' then last_year_target_leads
            when 'leads' then last_year_leads
            when 'follow_ups' then last_year_follow_ups
            when 'closings' then last_year_closings_with_leads
        end as last_year
    from marts.mart_funnel
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
),

chosen as (
    select
        unit_code,
        case $side when 'compared' then (month_key - interval 1 year)::date else month_key end as month_key
    from steps
    where value is not null and (not $matched or last_year is not null)
)

select
    chosen.unit_code,
    chosen.month_key,
    channels.channel_name,
    null::varchar as product_name
from chosen
left join marts.mart_channel_marketing as channels
    on
        $by_channel
        and channels.entity_code = $entity
        and chosen.unit_code = channels.unit_code
        and chosen.month_key = channels.month_key
        and channels.customer_type = 'all'
        and channels.leads is not null
where not $by_channel or channels.channel_name is not null
order by all
