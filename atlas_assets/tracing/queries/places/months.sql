-- Months of units that have figures and meet a condition or, on the compared side, the months so much earlier or later
-- that they are compared with.
select
    actual.unit_code,
    case $side when 'compared' then (actual.month_key + to_months($shift::integer))::date else actual.month_key end
        as month_key,
    null::varchar as channel_name,
    null::varchar as product_name
from marts.mart_unit_months as actual
left join marts.mart_unit_months as compared
    on
        actual.entity_code = compared.entity_code
        and actual.unit_code = compared.unit_code
        and (actual.month_key + to_months($shift::integer))::date = compared.month_key
where
    actual.entity_code = $entity
    and list_contains($units, actual.unit_code)
    and actual.month_key between $first::date and $last::date
    and case $condition
        when 'any' then true
        when 'begun' then actual.has_begun
        when 'compared' then compared.has_begun
        when 'with_target' then actual.target_revenue is not null
        when 'without_target' then actual.target_revenue is null
        when 'with_last_year' then actual.last_year_revenue is not null
        when 'without_last_year' then actual.last_year_revenue is null
    end
order by all
