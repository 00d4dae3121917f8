-- Months of units and programs that have a target of revenue.
select
    unit_code,
    month_key,
    null::varchar as channel_name,
    product_name
from marts.mart_targets
where
    entity_code = $entity
    and list_contains($units, unit_code)
    and month_key between $first::date and $last::date
    and target_revenue is not null
order by all
