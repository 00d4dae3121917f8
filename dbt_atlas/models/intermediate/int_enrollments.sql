with orders as (
    select * from {{ ref('int_orders') }}
),

rules as (
    select * from {{ source('raw', 'registry_rules') }}
),

valid_lines as (
    select
        *,
        row_number() over (
            partition by order_key
            order by month_key, transaction_date, source_file, source_sheet, source_row
        ) as line_number,
        min(transaction_date) over (partition by order_key) as enrolled_on
    from orders
    where counts_as_enrollment
),

enrollments as (
    select * from valid_lines
    where line_number = 1
),

-- All of an order's money, including lines whose own date cannot be read.
payments as (
    select
        orders.order_key,
        sum(orders.amount) as total_amount,
        count(*) as payment_count,
        bool_or(list_contains(rules.settling_patterns, orders.payment_pattern)) as is_settled
    from orders
    cross join rules
    where orders.counts_as_revenue
    group by orders.order_key
),

-- The latest enrollment of the same student, in any unit, on an earlier day.
preceded as (
    select
        enrollments.*,
        max(enrolled_on) over (
            partition by student_key
            order by enrolled_on
            range between unbounded preceding and interval 1 day preceding
        ) as previous_enrolled_on,
        row_number() over (
            partition by student_key, unit_code, {{ fiscal_year('month_key') }}
            order by month_key, enrolled_on, order_key
        ) = 1 as is_first_of_year
    from enrollments
)

select
    preceded.order_key,
    preceded.entity_code,
    preceded.month_key,
    preceded.unit_code,
    preceded.student_key,
    preceded.product_name,
    preceded.product_key,
    min(preceded.product_category) over (
        partition by preceded.entity_code, preceded.unit_code, preceded.product_name
    ) as product_category,
    preceded.variant_name,
    preceded.intake,
    preceded.organization_name,
    preceded.normalized_organization_name,
    preceded.organization_level,
    preceded.channel_name,
    preceded.enrolled_on,
    preceded.previous_enrolled_on,
    case
        when preceded.previous_enrolled_on is null then 'new'
        when preceded.enrolled_on - preceded.previous_enrolled_on <= rules.renewal_window_days then 'renewal'
        else 'alumni'
    end as customer_type,
    preceded.is_first_of_year,
    case
        when payments.total_amount <= 0 then 'cancelled'
        when payments.is_settled then 'paid'
        else 'open'
    end as order_status,
    min(preceded.enrolled_on) over (
        partition by preceded.student_key, preceded.normalized_organization_name
    ) as account_opened_on,
    payments.total_amount,
    payments.payment_count
from preceded
cross join rules
left join payments on preceded.order_key = payments.order_key
