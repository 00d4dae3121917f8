with payments as (
    select * from {{ ref('int_revenue') }}
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
),

revenue as (
    select
        entity_code,
        unit_code,
        month_key,
        sum(amount) as revenue_actuals,
        count(*) as transaction_count,
        count(distinct student_key) as paying_student_count
    from payments
    group by all
),

won as (
    select
        entity_code,
        unit_code,
        month_key,
        count(*) as order_count
    from enrollments
    group by all
)

select
    entity_code,
    unit_code,
    month_key,
    coalesce(revenue.revenue_actuals, 0)::decimal(18, 2) as revenue_actuals,
    coalesce(revenue.transaction_count, 0)::bigint as transaction_count,
    coalesce(won.order_count, 0)::bigint as order_count,
    coalesce(revenue.paying_student_count, 0)::bigint as paying_student_count
from revenue
full outer join won using (entity_code, unit_code, month_key)
where {{ in_scope() }}
