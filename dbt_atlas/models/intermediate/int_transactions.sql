{%- set meaning = [
    'coalesce(transaction_date::varchar, transaction_date_text)', 'normalized_student_name',
    'coalesce(unit_code, ' ~ folded_name('unit_text') ~ ')', folded_name('product_text'),
    folded_name('product_category'), folded_name('variant_name'), "coalesce(intake::varchar, intake_text)",
    'normalized_organization_name', 'coalesce(organization_level, ' ~ folded_name('organization_level_text') ~ ')',
    'coalesce(known_channel_name, ' ~ folded_name('channel_text') ~ ')',
    'coalesce(payment_pattern, ' ~ folded_name('payment_pattern_text') ~ ')',
    'coalesce(payment_method, ' ~ folded_name('payment_method_text') ~ ')', 'coalesce(amount::varchar, amount_text)',
    folded_name('recorded_by'), folded_name('note'), 'error_columns::varchar'
] -%}
{%- set in_order = 'month_key, source_file, source_sheet, source_row' -%}

with lines as (
    select * from {{ ref('stg_transactions') }}
),

titled as (
    select * from {{ ref('int_titled_names') }}
),

manifest as (
    select * from {{ source('raw', 'sheet_manifest') }}
    where table_name = 'transactions'
),

resolved as (
    select
        lines.* exclude (full_student_name, normalized_student_name, product_name, organization_name),  -- noqa: RF02
        coalesce(titled.full_student_name, lines.normalized_student_name) as normalized_student_name,
        titled.full_student_name is not null as keeps_title,
        lines.normalized_student_name as untitled_student_name,
        lines.product_name as product_text,
        lines.organization_name as organization_text,
        {{ row_place('manifest', 'lines') }} as place,
        {{ unit_of('lines.entity_code', 'lines.unit_text', 'lines.product_name') }} as unit_code,
        {{ code_of('channel', 'lines.channel_text') }} as known_channel_name,
        {{ code_of('level', 'lines.organization_level_text') }} as organization_level,
        {{ code_of('payment_pattern', 'lines.payment_pattern_text') }} as payment_pattern,
        {{ code_of('payment_method', 'lines.payment_method_text') }} as payment_method
    from lines
    left join titled
        on lines.entity_code = titled.entity_code and lines.full_student_name = titled.full_student_name
    left join manifest on lines.entity_code = manifest.entity_code and lines.month_key = manifest.month_key
),

-- One spelling for each program and school, the first ever used, so that a slip of case does not make a second one.
spelled as (
    select
        *,
        {{ folded_name('product_text') }} as product_key,
        case
            when {{ folded_name('product_text') }} is null then 'Unknown'
            else arg_min(product_text, ({{ in_order }})) over (
                partition by entity_code, {{ folded_name('product_text') }}
            )
        end as product_name,
        case
            when normalized_organization_name is null then 'Unknown'
            else arg_min(organization_text, ({{ in_order }})) over (
                partition by entity_code, normalized_organization_name
            )
        end as organization_name,
        md5([{{ meaning | join(', ') }}]::varchar) as meaning
    from resolved
),

numbered as (
    select
        *,
        row_number() over (
            partition by
                entity_code,
                month_key,
                unit_text,
                untitled_student_name,
                product_text,
                coalesce(amount::varchar, amount_text),
                payment_pattern_text
            order by source_file, source_sheet, source_row
        ) as ordinal,
        row_number() over (partition by entity_code, receipt_number, meaning order by {{ in_order }})
            as receipt_occurrence,
        row_number() over (partition by entity_code, receipt_number order by {{ in_order }}) as receipt_line,
        -- The first other line with this number; of lines that mean the same, the one that is kept.
        nth_value(place, 1) over (
            partition by entity_code, receipt_number order by {{ in_order }}
            rows between unbounded preceding and 1 preceding
        ) as earlier_place,
        lead(place) over (
            partition by entity_code, receipt_number order by {{ in_order }}
        ) as next_place,
        min(meaning) over (partition by entity_code, receipt_number)
        != max(meaning) over (partition by entity_code, receipt_number) as receipt_differs,
        count(*) over (partition by entity_code, month_key, source_sheet, receipt_number, meaning) as equal_rows
    from spelled
)

select
    * exclude (
        untitled_student_name, meaning, ordinal, receipt_occurrence, receipt_line, receipt_differs, equal_rows,
        place, earlier_place, next_place
    ),
    coalesce(known_channel_name, 'Other') as channel_name,
    receipt_number is null as receipt_is_fallback,
    coalesce(
        -- Further lines with the same number get a suffix, RE.026.02.0001/2; and so does every line whose number
        -- could be taken for such a key.
        receipt_number
        || case
            when receipt_line > 1 or regexp_matches(receipt_number, '/\d+$|^LEGACY-') then '/' || receipt_line
            else ''
        end,
        'LEGACY-' || left(
            sha256(
                [
                    entity_code, month_key::varchar, unit_text, untitled_student_name, product_text,
                    coalesce(amount::varchar, amount_text), payment_pattern_text, ordinal::varchar
                ]::varchar
            ),
            16
        )
    ) as receipt_key,
    receipt_number is not null and receipt_occurrence > 1 as is_duplicate,
    receipt_number is not null and receipt_differs as has_receipt_conflict,
    receipt_number is null and equal_rows > 1 as is_possible_duplicate,
    case when receipt_number is not null then coalesce(earlier_place, next_place) end as receipt_elsewhere
from numbered
