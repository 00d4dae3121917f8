-- Programs by customer type, best first; the row of the type `all` carries the target and last year, which is compared
-- over the months that the unit existed in.
with progress as (
    select
        unit_code,
        product_name,
        customer_type,
        sum(order_count)::bigint as order_count,
        sum(revenue) as revenue
    from marts.mart_program_progress
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
    group by all
),

-- Each student once in the period, whatever type she was of: the type `all` is no sum.
students as (
    select
        unit_code,
        product_name,
        unnest([customer_type, 'all']) as customer_type,
        student_key
    from marts.mart_students
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and counted_as = 'enrolled'
        and month_key between $first::date and $last::date
),

student_counts as (
    select
        unit_code,
        product_name,
        customer_type,
        count(distinct student_key) as student_count
    from students
    group by all
),

targets as (
    select
        unit_code,
        product_name,
        sum(target_students)::bigint as target_students,
        sum(target_revenue) as target_revenue
    from marts.mart_targets
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
    group by all
),

-- Revenue of the months in which the program has a target.
matched as (
    select
        mart.unit_code,
        mart.product_name,
        sum(mart.revenue) as revenue
    from marts.mart_program_progress as mart
    where
        mart.entity_code = $entity
        and mart.month_key between $first::date and $last::date
        and (mart.unit_code, mart.product_name, mart.month_key) in (
            select (planned.unit_code, planned.product_name, planned.month_key)
            from marts.mart_targets as planned
            where planned.entity_code = $entity and planned.target_revenue is not null
        )
    group by all
),

products as (
    select
        unit_code,
        product_name,
        sum(order_count)::bigint as order_count,
        sum(revenue) as revenue
    from progress
    group by all
),

last_year as (
    select
        unit_code,
        name as product_name,
        sum(last_year_value) as last_year,
        sum(value) - sum(last_year_value) as delta_last_year
    from marts.mart_movers
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and kind = 'program'
        and month_key between $first::date and $last::date
    group by all
),

-- A program that was planned, or sold last year, and sold nothing is shown with zeros.
with_target as (
    select
        unit_code,
        product_name,
        'all' as customer_type,
        coalesce(products.order_count, 0) as order_count,
        coalesce(products.revenue, 0) as revenue,
        targets.target_students,
        targets.target_revenue,
        coalesce(matched.revenue, 0) - targets.target_revenue as gap_to_target,
        case
            when targets.target_revenue > 0
                then round(coalesce(matched.revenue, 0) * 100.0 / targets.target_revenue, 4)
        end::decimal(38, 4) as achievement_pct,
        last_year.last_year,
        last_year.delta_last_year,
        case
            when last_year.last_year > 0 then round(last_year.delta_last_year * 100.0 / last_year.last_year, 4)
        end::decimal(38, 4) as delta_last_year_pct
    from products
    full outer join targets using (unit_code, product_name)
    left join matched using (unit_code, product_name)
    full outer join last_year using (unit_code, product_name)
),

by_type as (
    select
        unit_code,
        product_name,
        customer_type,
        order_count,
        revenue,
        null::bigint as target_students,
        null as target_revenue,
        null as gap_to_target,
        null as achievement_pct,
        null as last_year,
        null as delta_last_year,
        null as delta_last_year_pct
    from progress
),

listed as (
    select * from with_target
    union all
    select * from by_type
)

select
    listed.*,
    coalesce(student_counts.student_count, 0) as student_count
from listed
left join student_counts using (unit_code, product_name, customer_type)
order by
    unit_code asc,
    max(listed.revenue) filter (customer_type = 'all') over (partition by unit_code, product_name) desc,
    product_name asc,
    customer_type = 'all' desc,
    listed.revenue desc,
    customer_type asc
