with sheets as (
    select * from {{ ref('audit_sheets') }}
),

revenue as (
    select * from {{ ref('int_revenue') }}
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
),

targets as (
    select * from {{ ref('int_targets') }}
),

activity as (
    select * from {{ ref('int_marketing_activity') }}
),

loaded as (
    select distinct
        entity_code,
        month_key
    from sheets
),

facts as (
    select
        entity_code,
        month_key,
        'int_revenue' as model_name,
        {{ content_digest([
            'unit_code', 'product_name', 'order_key', 'order_month', 'student_key', 'channel_name', 'customer_type',
            'payment_pattern', 'amount'
        ]) }} as digest
    from revenue
    group by all
    union all
    select
        entity_code,
        month_key,
        'int_enrollments' as model_name,
        {{ content_digest([
            'unit_code', 'product_name', 'student_key', 'channel_name', 'customer_type', 'organization_name',
            'is_first_of_year'
        ]) }} as digest
    from enrollments
    group by all
    union all
    select
        entity_code,
        month_key,
        'int_targets' as model_name,
        {{ content_digest([
            'unit_code', 'product_name', 'target_students', 'target_revenue', 'reported_students', 'reported_revenue'
        ]) }} as digest
    from targets
    group by all
    union all
    select
        entity_code,
        month_key,
        'int_marketing_activity' as model_name,
        {{ content_digest(['unit_code', 'channel_name', 'leads', 'follow_ups', 'target_leads']) }} as digest
    from activity
    group by all
)

select
    entity_code,
    month_key,
    map_from_entries(
        coalesce(
            list((facts.model_name, facts.digest) order by facts.model_name) filter (facts.digest is not null),
            []
        )
    ) as digests
from loaded
left join facts using (entity_code, month_key)
group by all
