with raw_transactions as (
    select * from {{ source('raw', 'transactions') }}
    where {{ not_staged() }}
)

select
    entity_code,
    month_key,
    source_file,
    source_sheet,
    source_row,
    source_hash,
    loaded_at,
    transaction_date as transaction_date_text,
    {{ parse_date('transaction_date') }} as transaction_date,
    {{ clean_text('receipt_number') }} as receipt_text,
    -- Blanks, and full stops around it, do not make another receipt; a dash is none.
    case
        when regexp_matches({{ clean_text('receipt_number') }}, '[\p{L}\p{N}]')
            then trim(replace(upper({{ clean_text('receipt_number') }}), ' ', ''), '.')
    end as receipt_number,
    {{ clean_text('student_name') }} as student_name,
    {{ full_name('student_name') }} as full_student_name,
    {{ normalized_name('student_name') }} as normalized_student_name,
    {{ clean_text('unit') }} as unit_text,
    {{ clean_text('product_name') }} as product_name,
    {{ clean_text('product_category') }} as product_category,
    {{ clean_text('variant_name') }} as variant_name,
    intake as intake_text,
    {{ parse_intake('intake') }} as intake,
    {{ clean_text('organization_name') }} as organization_name,
    {{ folded_name(clean_text('organization_name')) }} as normalized_organization_name,
    {{ clean_text('organization_level') }} as organization_level_text,
    {{ clean_text('channel') }} as channel_text,
    {{ clean_text('payment_pattern') }} as payment_pattern_text,
    {{ clean_text('payment_method') }} as payment_method_text,
    amount as amount_text,
    {{ parse_amount('amount') }} as amount,
    {{ clean_text('recorded_by') }} as recorded_by,
    {{ clean_text('note') }} as note,
    {{ error_columns(source_columns('transactions')) }} as error_columns,
    not_as_shown
from raw_transactions
