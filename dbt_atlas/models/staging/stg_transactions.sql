with raw_transactions as (
    select * from {{ source('raw', 'transactions') }}
),

fingerprinted as (
    select
        *,
        md5(
            [*columns(* exclude (
                entity_code, month_key, source_file, source_sheet, source_row, source_hash, loaded_at, row_number
            ))]::varchar
        ) as row_fingerprint
    from raw_transactions
),

typed as (
    select
        entity_code,
        month_key,
        source_file,
        source_sheet,
        source_row,
        source_hash,
        loaded_at,
        row_fingerprint,
        transaction_date as transaction_date_text,
        {{ parse_date('transaction_date') }} as transaction_date,
        upper({{ clean_text('receipt_number') }}) as receipt_number,
        {{ clean_text('student_name') }} as student_name,
        {{ normalized_name('student_name') }} as normalized_student_name,
        {{ clean_text('unit') }} as unit_text,
        {{ clean_text('product_name') }} as product_name,
        {{ clean_text('product_category') }} as product_category,
        {{ clean_text('variant_name') }} as variant_name,
        intake as intake_text,
        {{ parse_intake('intake') }} as intake,
        {{ clean_text('organization_name') }} as organization_name,
        {{ normalized_name('organization_name') }} as normalized_organization_name,
        {{ clean_text('organization_level') }} as organization_level_text,
        {{ clean_text('channel') }} as channel_text,
        {{ clean_text('payment_pattern') }} as payment_pattern_text,
        {{ clean_text('payment_method') }} as payment_method_text,
        amount as amount_text,
        {{ parse_amount('amount') }} as amount,
        {{ clean_text('recorded_by') }} as recorded_by,
        {{ clean_text('note') }} as note,
        {{ error_columns(source_columns('transactions')) }} as error_columns
    from fingerprinted
),

numbered as (
    select
        *,
        row_number() over (
            partition by
                entity_code,
                month_key,
                unit_text,
                normalized_student_name,
                product_name,
                coalesce(amount::varchar, amount_text),
                payment_pattern_text
            order by source_file, source_sheet, source_row
        ) as ordinal,
        row_number() over (
            partition by entity_code, receipt_number, row_fingerprint
            order by month_key, source_file, source_sheet, source_row
        ) as receipt_occurrence,
        row_number() over (
            partition by entity_code, receipt_number
            order by month_key, source_file, source_sheet, source_row
        ) as receipt_line,
        min(row_fingerprint) over (partition by entity_code, receipt_number)
        != max(row_fingerprint) over (partition by entity_code, receipt_number) as receipt_differs,
        count(*) over (partition by entity_code, month_key, source_sheet, row_fingerprint) as equal_rows
    from typed
)

select
    * exclude (ordinal, receipt_occurrence, receipt_line, receipt_differs, equal_rows),
    receipt_number is null as receipt_is_fallback,
    coalesce(
        -- Further lines with the same number get a suffix: RE.026.02.0001/2.
        receipt_number || case when receipt_line > 1 then '/' || receipt_line else '' end,
        'LEGACY-' || left(
            sha256(
                [
                    entity_code, month_key::varchar, unit_text, normalized_student_name, product_name,
                    coalesce(amount::varchar, amount_text), payment_pattern_text, ordinal::varchar
                ]::varchar
            ),
            16
        )
    ) as receipt_key,
    receipt_number is not null and receipt_occurrence > 1 as is_duplicate,
    receipt_number is not null and receipt_differs as has_receipt_conflict,
    receipt_number is null and equal_rows > 1 as is_possible_duplicate
from numbered
