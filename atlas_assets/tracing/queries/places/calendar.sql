-- Every month of units, whether it has figures or not.
with units as (
    select unnest($units) as unit_code
),

months as (
    select unnest(generate_series($first::date, $last::date, interval 1 month)) as month_key
)

select
    units.unit_code,
    months.month_key::date as month_key,
    null::varchar as channel_name,
    null::varchar as product_name
from units
cross join months
order by all
