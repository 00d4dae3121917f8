{%- set columns = {
    'amount_unreadable': 'amount',
    'amount_missing': 'amount',
    'unit_unknown': 'unit',
    'duplicate': 'receipt_number',
    'student_missing': 'student_name',
    'intake_implausible': 'intake',
    'date_unreadable': 'transaction_date',
    'receipt_conflict': 'receipt_number',
    'date_outside_month': 'transaction_date',
    'possible_duplicate': 'student_name',
    'channel_unknown': 'channel',
    'level_unknown': 'organization_level',
    'payment_method_unknown': 'payment_method',
    'payment_pattern_unknown': 'payment_pattern',
    'unit_prefix_mismatch': 'receipt_number',
} -%}
{%- set contents = {
    'amount': 'amount_text',
    'unit': 'unit_text',
    'receipt_number': 'receipt_number',
    'student_name': 'student_name',
    'intake': 'intake_text',
    'transaction_date': 'transaction_date_text',
    'channel': 'channel_text',
    'organization_level': 'organization_level_text',
    'payment_method': 'payment_method_text',
    'payment_pattern': 'payment_pattern_text',
} -%}

with orders as (
    select * from {{ ref('int_orders') }}
),

targets as (
    select * from {{ ref('int_targets') }}
),

activity as (
    select * from {{ ref('int_marketing_activity') }}
),

reasons as (
    select
        *,
        invalid_reason as reason,
        case when invalid_reason = 'duplicate' then 'duplicate' else 'flagged' end as severity
    from orders
    where invalid_reason is not null
    union all
    select
        *,
        unnest(warnings) as reason,
        'warning' as severity
    from orders
),

located as (
    select
        *,
        case reason
            {%- for reason, column in columns.items() %}
                when '{{ reason }}' then '{{ column }}'
            {%- endfor %}
            when 'cell_error' then error_columns[1]
        end as column_name
    from reasons
),

flagged_orders as (
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        column_name,
        case
            when reason = 'cell_error' and column_name != 'amount' then '#ERROR!'
            {%- for column, content in contents.items() %}
                when column_name = '{{ column }}' then {{ content }}
            {%- endfor %}
        end as content,
        reason,
        severity,
        amount
    from located
),

planned_or_done as (
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        unit_code,
        unit_text,
        unreadable_columns,
        target_revenue as amount
    from targets
    union all
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        unit_code,
        unit_text,
        unreadable_columns,
        null as amount
    from activity
),

-- Plans and activities of a unit that nobody knows, or with figures that cannot be read.
other_sheets as (
    select
        * exclude (unit_code, unit_text, unreadable_columns),
        unnest(
            list_concat(case when unit_code is null then ['unit'] else [] end, unreadable_columns)
        ) as column_name,
        unit_text
    from planned_or_done
),

flagged_others as (
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        column_name,
        case when column_name = 'unit' then unit_text end as content,
        case when column_name = 'unit' then 'unit_unknown' else 'amount_unreadable' end as reason,
        'flagged' as severity,
        amount
    from other_sheets
)

select * from flagged_orders
union all
select * from flagged_others
