-- What marketing activities brought, or were to bring.
with counted as (
    select
        traced_activities.*,
        case $counted
            when 'leads' then traced_activities.leads
            when 'follow_ups' then traced_activities.follow_ups
            when 'target_leads' then traced_activities.target_leads
        end as value,
        case $counted
            when 'leads' then traced_activities.leads_text
            when 'follow_ups' then traced_activities.follow_ups_text
            when 'target_leads' then traced_activities.target_leads_text
        end as content
    from traced_activities
    inner join places
        on
            traced_activities.unit_code = places.unit_code
            and traced_activities.month_key = places.month_key
            and coalesce(places.channel_name, traced_activities.channel_name) = traced_activities.channel_name
    where
        traced_activities.entity_code = $entity
        and ($channels is null or list_contains($channels, traced_activities.channel_name))
)

select
    null::varchar as record_key,
    unit_code,
    month_key,
    null::varchar as label,
    channel_name as name,
    title as detail,
    value,
    'marketing_activity' as table_name,
    $counted as column_name,
    content,
    source_file,
    source_sheet,
    source_row
from counted
where value is not null
