with raw_targets as (
    select * from {{ source('raw', 'targets') }}
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
    {{ clean_text('unit') }} as unit_text,
    {{ clean_text('product_name') }} as product_name,
    {{ parse_count('target_students') }} as target_students,
    {{ parse_amount('target_revenue') }} as target_revenue,
    {{ parse_count('reported_students') }} as reported_students,
    {{ parse_amount('reported_revenue') }} as reported_revenue,
    list_concat(
        {{ unreadable_columns('count', ['target_students', 'reported_students']) }},
        {{ unreadable_columns('amount', ['target_revenue', 'reported_revenue']) }}
    ) as unreadable_amounts,
    {{ error_columns(source_columns('targets')) }} as error_columns
from raw_targets
