-- Orders of which only a part is paid at the period's end: one row per unit (null: the entity) and age in months; those
-- of twelve months and more are one.
with orders as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code
    from marts.mart_open_orders
    where entity_code = $entity and list_contains($units, unit_code) and month_key = $last::date
)

select
    nullif(subject_code, 'all') as unit_code,
    least(age_months, 12) as months,
    sum(order_count)::bigint as order_count,
    sum(sum(order_count)) over (partition by subject_code)::bigint as all_orders,
    sum(sum(paid_so_far)) over (partition by subject_code) as paid_so_far,
    max(max(age_months)) over (partition by subject_code) as oldest
from orders
group by subject_code, least(age_months, 12)
order by all
