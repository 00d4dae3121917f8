-- Months of units and channels whose leads were recorded or, if matched, planned as well.
select
    unit_code,
    month_key,
    channel_name,
    null::varchar as product_name
from marts.mart_channel_marketing
where
    entity_code = $entity
    and list_contains($units, unit_code)
    and month_key between $first::date and $last::date
    and customer_type = 'all'
    and leads is not null
    and (not $matched or target_leads is not null)
order by all
