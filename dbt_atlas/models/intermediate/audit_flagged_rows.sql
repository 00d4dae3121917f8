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
    'stray_amount': 'amount',
    'receipt_without_number': 'receipt_number',
    'title_in_name': 'student_name',
    'program_without_name': 'product_name',
    'school_without_name': 'organization_name',
} -%}
{%- set place = 'entity_code, month_key, source_file, source_sheet, source_row' -%}
{%- set implausible_intake -%}
    (
        intake is null
        or intake < month_key - to_months(limits.intake_months_before::integer)
        or intake > month_key + to_months(limits.intake_months_after::integer)
    )
{%- endset -%}
{%- set not_as_shown_columns = "coalesce(json_keys(not_as_shown::json), [])" -%}
{%- set tables = ['transactions', 'students', 'organizations', 'targets', 'marketing_activity'] -%}

with orders as (
    select * from {{ ref('int_orders') }}
),

registrations as (
    select * from {{ ref('int_registrations') }}
),

schools as (
    select * from {{ ref('stg_organizations') }}
),

targets as (
    select * from {{ ref('int_targets') }}
),

activity as (
    select * from {{ ref('int_marketing_activity') }}
),

limits as (
    select * from {{ source('raw', 'registry_rules') }}
),

manifest as (
    select * from {{ source('raw', 'sheet_manifest') }}
),

order_reasons as (
    select
        {{ place }},
        amount,
        receipt_elsewhere,
        not_as_shown,
        error_columns,
        list_concat(
            list_filter([invalid_reason], lambda reason: reason != 'cell_error'), further_reasons, warnings
        ) as reasons,
        warnings
    from orders
),

judged as (
    select
        'transactions' as table_name,
        {{ place }},
        amount,
        receipt_elsewhere as elsewhere,
        not_as_shown,
        list_concat(
            {{ flag_each('error_columns', 'cell_error') }},
            list_transform(
                reasons,
                lambda reason: {
                    'column_name': case reason
                        {%- for reason, column in columns.items() %}
                            when '{{ reason }}' then '{{ column }}'
                        {%- endfor %}
                    end,
                    'reason': reason,
                    'severity': case
                        when reason = 'duplicate' then 'duplicate'
                        when list_contains(warnings, reason) then 'warning'
                        else 'flagged'
                    end
                }
            ),
            {{ flag_each(not_as_shown_columns, 'identifier_not_as_shown', 'warning') }}
        ) as flags
    from order_reasons
    union all
    select
        'students' as table_name,
        {{ place }},
        null as amount,
        registrations.contradicts as elsewhere,
        registrations.not_as_shown,
        {{ all_flags(
            [
                flag('student_name', 'student_ambiguous', 'warning', 'contradicts is not null'),
                flag('student_name', 'title_in_name', 'warning', 'keeps_title'),
                flag('student_name', 'student_missing', 'flagged', 'normalized_student_name is null'),
                flag('unit', 'unit_unknown', 'flagged', unit_of('entity_code', 'unit_text', 'product_name') ~ ' is null'),
                flag(
                    'intake', 'intake_implausible', 'flagged', 'not intake_shares_column and ' ~ implausible_intake
                ),
                flag(
                    'registration_month_and_intake', 'intake_implausible', 'flagged',
                    'intake_shares_column and ' ~ implausible_intake
                ),
                flag('channel', 'channel_unknown', 'warning', code_of('channel', 'channel_text') ~ ' is null'),
                flag(
                    'organization_level', 'level_unknown', 'warning',
                    'organization_level_text is not null and ' ~ code_of('level', 'organization_level_text') ~ ' is null'
                ),
                flag(
                    'sex', 'sex_unknown', 'warning',
                    'sex_text is not null and ' ~ code_of('sex', 'sex_text') ~ ' is null'
                )
            ],
            [
                flag_each('unreadable_dates', 'date_unreadable'),
                flag_each('error_columns', 'cell_error'),
                flag_each(not_as_shown_columns, 'identifier_not_as_shown', 'warning')
            ]
        ) }} as flags
    from registrations
    cross join limits
    union all
    select
        'organizations' as table_name,
        {{ place }},
        null as amount,
        null as elsewhere,
        null as not_as_shown,
        {{ all_flags(
            [
                flag(
                    'organization_name', 'organization_missing', 'flagged', 'normalized_organization_name is null'
                ),
                flag(
                    'organization_level', 'level_unknown', 'warning',
                    'organization_level_text is not null and ' ~ code_of('level', 'organization_level_text') ~ ' is null'
                )
            ],
            [flag_each('error_columns', 'cell_error')]
        ) }} as flags
    from schools
    union all
    select
        'targets' as table_name,
        {{ place }},
        target_revenue as amount,
        null as elsewhere,
        null as not_as_shown,
        {{ all_flags(
            [
                flag('unit', 'unit_unknown', 'flagged', 'unit_code is null'),
                flag('product_name', 'program_missing', 'warning', 'unit_code is not null and product_name is null')
            ],
            [flag_each('unreadable_amounts', 'amount_unreadable'), flag_each('error_columns', 'cell_error')]
        ) }} as flags
    from targets
    union all
    select
        'marketing_activity' as table_name,
        {{ place }},
        null as amount,
        null as elsewhere,
        null as not_as_shown,
        {{ all_flags(
            [
                flag('unit', 'unit_unknown', 'flagged', 'unit_code is null'),
                flag('channel', 'channel_unknown', 'warning', code_of('channel', 'channel_text') ~ ' is null')
            ],
            [
                flag_each('unreadable_amounts', 'amount_unreadable'),
                flag_each('unreadable_dates', 'date_unreadable'),
                flag_each('error_columns', 'cell_error')
            ]
        ) }} as flags
    from activity
),

flagged as (
    select
        * exclude (flags),
        unnest(flags, recursive := true)  -- noqa: AL03
    from judged
),

-- The cells as written in the sheet.
contents as (
    {%- for table in tables %}
        select
            '{{ table }}' as table_name,
            {{ place }},
            {
                {%- for column in source_columns(table) %}
                    '{{ column }}': {{ column }}{{ ',' if not loop.last }}
                {%- endfor %}
            }::json as cells
        from {{ source('raw', table) }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

shown as (
    select
        flagged.*,
        contents.cells ->> ('$.' || flagged.column_name) as content,
        manifest.table_form,
        manifest.row_form,
        manifest.cell_form,
        list_filter(manifest.columns, lambda c: c.name = flagged.column_name)[1].letter as letter  -- noqa: RF01
    from flagged
    left join contents using (table_name, entity_code, month_key, source_file, source_sheet, source_row)
    left join manifest using (table_name, entity_code, month_key)
)

select
    entity_code,
    month_key,
    table_name,
    source_file,
    source_sheet,
    source_row,
    {{ cell_place('shown', 'shown.source_row', 'shown.letter') }} as source_cell,
    {{ table_place('shown', 'shown') }} || ', '
    || coalesce(
        {{ cell_place('shown', 'shown.source_row', 'shown.letter') }},
        format(row_form, '', '', source_row)
    ) as place,
    column_name,
    content,
    reason,
    severity,
    case reason
        {%- for reason, kind in {
            'unit_unknown': 'unit', 'channel_unknown': 'channel', 'level_unknown': 'level',
            'payment_method_unknown': 'payment_method', 'payment_pattern_unknown': 'payment_pattern'
        }.items() %}
            when '{{ reason }}'
                then {{ nearest_code(kind, 'shown.entity_code', 'shown.content', 0 if kind == 'unit' else 0.75) }}
        {%- endfor %}
    end as nearest,
    case
        when reason in ('duplicate', 'receipt_conflict', 'student_ambiguous') then elsewhere
        when reason = 'identifier_not_as_shown' then not_as_shown::json ->> ('$.' || column_name)
    end as other,
    amount
from shown
