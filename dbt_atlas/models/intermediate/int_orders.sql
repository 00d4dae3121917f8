{%- set stands_alone -%}
    (
        coalesce(lines.unit_text, lines.student_name, lines.product_text, lines.receipt_number) is null
        and not list_has_any(lines.error_columns, ['unit', 'student_name', 'product_name', 'receipt_number'])
    )
{%- endset -%}
{#- What makes a line invalid, in order of precedence: the first reason that applies is the verdict. Others are named
    as well if there is content in their cell (the third value), so that no content becomes nothing in silence. -#}
{%- set invalid = [
    ('duplicate', 'lines.is_duplicate'),
    ('cell_error', "list_contains(lines.error_columns, 'amount')"),
    ('amount_unreadable', 'lines.amount is null and lines.amount_text is not null'),
    ('amount_missing', 'lines.amount_text is null or lines.amount = 0'),
    ('stray_amount', stands_alone),
    ('unit_unknown', 'lines.unit_code is null', 'lines.unit_text'),
    ('student_missing', 'lines.normalized_student_name is null', 'lines.student_name'),
    (
        'intake_implausible',
        'lines.intake is null '
        ~ 'or lines.intake < lines.month_key - to_months(rules.intake_months_before::integer) '
        ~ 'or lines.intake > lines.month_key + to_months(rules.intake_months_after::integer)',
        'lines.intake_text'
    ),
    ('date_unreadable', 'lines.transaction_date is null', 'lines.transaction_date_text'),
    ('receipt_conflict', 'lines.has_receipt_conflict and not lines.is_duplicate', 'lines.receipt_number'),
    ('cell_error', 'len(lines.error_columns) > 0'),
] -%}
{%- set doubtful = [
    ('date_outside_month', "date_trunc('month', lines.transaction_date) != lines.month_key"),
    ('possible_duplicate', 'lines.is_possible_duplicate and lines.amount != 0 and not ' ~ stands_alone),
    ('receipt_without_number', 'lines.receipt_text is not null and lines.receipt_number is null'),
    ('title_in_name', 'lines.keeps_title'),
    ('program_without_name', 'lines.product_text is not null and lines.product_key is null'),
    (
        'school_without_name',
        'lines.organization_text is not null and lines.normalized_organization_name is null'
    ),
    ('channel_unknown', 'lines.known_channel_name is null and not ' ~ stands_alone),
    ('level_unknown', 'lines.organization_level is null and lines.organization_level_text is not null'),
    ('payment_method_unknown', 'lines.payment_method is null and lines.payment_method_text is not null'),
    ('payment_pattern_unknown', 'lines.payment_pattern is null and lines.payment_pattern_text is not null'),
    (
        'unit_prefix_mismatch',
        "regexp_extract(lines.receipt_number, '" ~ var('receipt_prefix_pattern') | replace("'", "''")
        ~ "') != upper(units.receipt_prefix)"
    ),
] -%}

with lines as (
    select * from {{ ref('int_transactions') }}
),

units as (
    select * from {{ source('raw', 'registry_units') }}
),

rules as (
    select * from {{ source('raw', 'registry_rules') }}
),

judged as (
    select
        lines.*,
        case
            {%- for reason in invalid %}
                when {{ reason[1] }} then '{{ reason[0] }}'
            {%- endfor %}
        end as invalid_reason,
        [
            {%- for reason in invalid if reason | length == 3 %}
                case when {{ reason[2] }} is not null and ({{ reason[1] }}) then '{{ reason[0] }}' end
                {{- ',' if not loop.last }}
            {%- endfor %}
        ] as reasons_with_content,
        list_filter(
            [
                {%- for reason, condition in doubtful %}
                    case when {{ condition }} then '{{ reason }}' end{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            lambda warning: warning is not null  -- noqa: RF02
        ) as warnings
    from lines
    cross join rules
    left join units
        on lines.entity_code = units.entity_code and lines.unit_code = units.unit_code
)

select
    entity_code,
    month_key,
    unit_code,
    unit_text,
    case
        when normalized_student_name is not null then entity_code || '|' || normalized_student_name
    end as student_key,
    case
        when unit_code is not null and normalized_student_name is not null and intake is not null
            then concat_ws('|', entity_code, normalized_student_name, unit_code, product_key, intake)
    end as order_key,
    student_name,
    normalized_student_name,
    product_name,
    product_key,
    product_text,
    product_category,
    variant_name,
    intake,
    intake_text,
    organization_name,
    organization_text,
    normalized_organization_name,
    organization_level,
    organization_level_text,
    channel_name,
    known_channel_name,
    channel_text,
    payment_pattern,
    payment_pattern_text,
    payment_method,
    payment_method_text,
    receipt_text,
    receipt_number,
    receipt_key,
    receipt_is_fallback,
    receipt_elsewhere,
    transaction_date,
    transaction_date_text,
    amount,
    amount_text,
    invalid_reason is null as is_valid,
    invalid_reason,
    list_filter(reasons_with_content, lambda reason: reason != invalid_reason and not is_duplicate)  -- noqa: RF02
        as further_reasons,
    coalesce(amount, 0) != 0
    and coalesce(invalid_reason not in ('duplicate', 'stray_amount', 'unit_unknown'), true) as counts_as_revenue,
    coalesce(
        invalid_reason = 'receipt_conflict'
        or (invalid_reason = 'cell_error' and not list_contains(error_columns, 'amount')),
        true
    ) as counts_as_enrollment,
    warnings,
    error_columns,
    not_as_shown,
    recorded_by,
    note,
    source_file,
    source_sheet,
    source_row,
    source_hash,
    loaded_at
from judged
