with payments as (
    select * from {{ ref('int_revenue') }}
),

enrollments as (
    select * from {{ ref('int_enrollments') }}
)

-- Counts of students cannot be added up over months, programs or channels: counting each once takes their rows.
select distinct
    entity_code,
    unit_code,
    month_key,
    product_name,
    channel_name,
    customer_type,
    student_key,
    'payer' as counted_as
from payments
where student_key is not null and {{ in_scope() }}
union all
select distinct
    entity_code,
    unit_code,
    month_key,
    product_name,
    channel_name,
    customer_type,
    student_key,
    'enrolled' as counted_as
from enrollments
where {{ in_scope() }}
