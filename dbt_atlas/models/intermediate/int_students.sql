with enrollments as (
    select * from {{ ref('int_enrollments') }}
),

orders as (
    select * from {{ ref('int_orders') }}
),

registrations as (
    select
        *,
        {{ code_of('sex', 'sex_text') }} as sex_code
    from {{ ref('int_registrations') }}
    where student_key is not null
),

-- Everyone who paid or registered.
people as (
    select
        student_key,
        entity_code,
        normalized_student_name,
        student_name,
        month_key,
        source_row
    from orders
    where student_key is not null
    union all
    select
        student_key,
        entity_code,
        normalized_student_name,
        student_name,
        month_key,
        source_row
    from registrations
),

named as (
    select
        student_key,
        min(entity_code) as entity_code,
        min(normalized_student_name) as normalized_name,
        arg_min(student_name, (month_key, source_row, student_name)) as student_name,
        min(month_key) as first_month_key
    from people
    group by student_key
),

-- The latest known value of each field: an empty cell does not erase an earlier value.
master_data as (
    select
        student_key,
        {%- for column in [
            'student_number', 'sex_code', 'birth_place', 'birth_date', 'identity_number', 'address', 'city', 'phone',
            'email', 'guardian_name', 'guardian_phone'
        ] %}
        arg_max({{ column }}, (month_key, source_row)) filter ({{ column }} is not null) as {{ column }}
        {{- ',' if not loop.last }}
    {%- endfor %}
    from registrations
    group by student_key
),

history as (
    select
        student_key,
        min(enrolled_on) as first_enrolled_on,
        max(enrolled_on) as last_enrolled_on,
        arg_max(normalized_organization_name, (month_key, enrolled_on, order_key))
        filter (normalized_organization_name is not null) as latest_organization,
        count(*) as enrollment_count
    from enrollments
    group by student_key
),

attended as (
    select
        student_key,
        organization_name,
        min(month_key) as since
    from orders
    where student_key is not null and organization_name != 'Unknown'
    group by student_key, organization_name
),

organizations as (
    select
        student_key,
        list(organization_name order by since, organization_name) as organization_names
    from attended
    group by student_key
)

select
    named.student_key,
    named.entity_code,
    named.normalized_name,
    named.student_name,
    named.first_month_key,
    master_data.* exclude (student_key),
    {{ normalized_name('master_data.guardian_name') }} as normalized_guardian_name,
    history.first_enrolled_on,
    history.last_enrolled_on,
    history.latest_organization,
    coalesce(history.enrollment_count, 0) as enrollment_count,
    coalesce(organizations.organization_names, []) as organization_names
from named
left join master_data using (student_key)
left join history using (student_key)
left join organizations using (student_key)
