with transactions as (
    select * from {{ ref('stg_transactions') }}
),

units as (
    select * from {{ source('raw', 'registry_units') }}
),

rules as (
    select * from {{ source('raw', 'registry_rules') }}
),

resolved as (
    select
        transactions.*,
        {{ unit_of('transactions.entity_code', 'transactions.unit_text', 'transactions.product_name') }} as unit_code,
        {{ code_of('channel', 'transactions.channel_text') }} as known_channel_name,
        {{ code_of('level', 'transactions.organization_level_text') }} as organization_level,
        {{ code_of('payment_pattern', 'transactions.payment_pattern_text') }} as payment_pattern,
        {{ code_of('payment_method', 'transactions.payment_method_text') }} as payment_method
    from transactions
),

-- One spelling for each program and school, the first ever used, so that a slip of case does not make a second one.
spelled as (
    select
        * replace (
            case
                when {{ normalized_word('product_name') }} is null then 'Unknown'
                else arg_min(product_name, (month_key, source_file, source_sheet, source_row)) over (
                    partition by entity_code, {{ normalized_word('product_name') }}
                )
            end as product_name,
            case
                when normalized_organization_name is null then 'Unknown'
                else arg_min(organization_name, (month_key, source_file, source_sheet, source_row)) over (
                    partition by entity_code, normalized_organization_name
                )
            end as organization_name
        ),
        coalesce(known_channel_name, 'Other') as channel_name
    from resolved
),

judged as (
    select
        spelled.*,
        case
            when spelled.is_duplicate then 'duplicate'
            when list_contains(spelled.error_columns, 'amount') then 'cell_error'
            when
                coalesce(spelled.amount, 0) = 0 and regexp_matches(coalesce(spelled.amount_text, ''), '[^\s0]')
                and spelled.amount is null then 'amount_unreadable'
            when coalesce(spelled.amount, 0) = 0 then 'amount_missing'
            when spelled.unit_code is null then 'unit_unknown'
            when spelled.normalized_student_name is null then 'student_missing'
            when
                spelled.intake is null
                or spelled.intake < spelled.month_key - to_months(rules.intake_months_before::integer)
                or spelled.intake > spelled.month_key + to_months(rules.intake_months_after::integer)
                then 'intake_implausible'
            when spelled.transaction_date is null then 'date_unreadable'
            when spelled.has_receipt_conflict then 'receipt_conflict'
            when len(spelled.error_columns) > 0 then 'cell_error'
        end as invalid_reason,
        list_filter(
            [
                case
                    when date_trunc('month', spelled.transaction_date) != spelled.month_key then 'date_outside_month'
                end,
                case when spelled.is_possible_duplicate then 'possible_duplicate' end,
                case when spelled.known_channel_name is null then 'channel_unknown' end,
                case
                    when spelled.organization_level is null and spelled.organization_level_text is not null
                        then 'level_unknown'
                end,
                case
                    when spelled.payment_method is null and spelled.payment_method_text is not null
                        then 'payment_method_unknown'
                end,
                case
                    when spelled.payment_pattern is null and spelled.payment_pattern_text is not null
                        then 'payment_pattern_unknown'
                end,
                case
                    when split_part(spelled.receipt_number, '.', 1) != units.receipt_prefix then 'unit_prefix_mismatch'
                end
            ],
            lambda warning: warning is not null  -- noqa: RF02
        ) as warnings
    from spelled
    cross join rules
    left join units
        on spelled.entity_code = units.entity_code and spelled.unit_code = units.unit_code
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
            then concat_ws(
                '|', entity_code, normalized_student_name, unit_code, {{ normalized_word('product_name') }}, intake
            )
    end as order_key,
    student_name,
    normalized_student_name,
    product_name,
    product_category,
    variant_name,
    intake,
    intake_text,
    organization_name,
    normalized_organization_name,
    organization_level,
    organization_level_text,
    channel_name,
    channel_text,
    payment_pattern,
    payment_pattern_text,
    payment_method,
    payment_method_text,
    receipt_number,
    receipt_key,
    receipt_is_fallback,
    transaction_date,
    transaction_date_text,
    amount,
    amount_text,
    invalid_reason is null as is_valid,
    invalid_reason,
    coalesce(amount, 0) != 0
    and coalesce(invalid_reason not in ('duplicate', 'unit_unknown'), true) as counts_as_revenue,
    coalesce(
        invalid_reason = 'receipt_conflict'
        or (invalid_reason = 'cell_error' and not list_contains(error_columns, 'amount')),
        true
    ) as counts_as_enrollment,
    warnings,
    error_columns,
    recorded_by,
    note,
    source_file,
    source_sheet,
    source_row,
    source_hash,
    loaded_at
from judged
