-- Everything counts twice: under its customer type and under `all`.
with payments as (
    select * replace (unnest([customer_type, 'all']) as customer_type)
    from {{ ref('int_revenue') }}
),

enrollments as (
    select * replace (unnest([customer_type, 'all']) as customer_type)
    from {{ ref('int_enrollments') }}
),

activity as (
    select * from {{ ref('int_marketing_activity') }}
),

revenue as (
    select
        entity_code,
        unit_code,
        month_key,
        channel_name,
        customer_type,
        sum(amount) as revenue
    from payments
    group by all
),

won as (
    select
        entity_code,
        unit_code,
        month_key,
        channel_name,
        customer_type,
        count(*) as closings,
        count(distinct student_key) as students
    from enrollments
    group by all
),

funnel as (
    select
        entity_code,
        unit_code,
        month_key,
        channel_name,
        'all' as customer_type,
        sum(leads) as leads,
        sum(follow_ups) as follow_ups,
        sum(target_leads) as target_leads
    from activity
    where unit_code is not null
    group by all
),

unit_closings as (
    select
        entity_code,
        unit_code,
        month_key,
        count(*) as all_closings
    from enrollments
    where customer_type = 'all'
    group by all
)

select
    entity_code,
    unit_code,
    month_key,
    channel_name,
    customer_type,
    coalesce(won.closings, 0)::bigint as closings,
    coalesce(won.students, 0)::bigint as students,
    coalesce(revenue.revenue, 0)::decimal(18, 2) as revenue,
    (coalesce(won.closings, 0) * 100.0 / unit_closings.all_closings)::double as contribution_pct,
    funnel.leads::bigint as leads,
    funnel.follow_ups::bigint as follow_ups,
    funnel.target_leads::bigint as target_leads
from won
full outer join revenue using (entity_code, unit_code, month_key, channel_name, customer_type)
full outer join funnel using (entity_code, unit_code, month_key, channel_name, customer_type)
left join unit_closings using (entity_code, unit_code, month_key)
where {{ in_scope() }}
