with raw_marketing_activity as (
    select * from {{ source('raw', 'marketing_activity') }}
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
    {{ clean_text('week') }} as week,
    {{ clean_text('unit') }} as unit_text,
    {{ clean_text('channel') }} as channel_text,
    {{ clean_text('title') }} as title,
    {{ parse_date('activity_date') }} as activity_date,
    {{ parse_count('target_leads') }} as target_leads,
    {{ parse_count('leads') }} as leads,
    {{ parse_count('follow_ups') }} as follow_ups,
    {{ parse_count('closings') }} as reported_closings,
    {{ clean_text('note') }} as note,
    {{ unreadable_columns('count', ['target_leads', 'leads', 'follow_ups', 'closings']) }} as unreadable_amounts,
    {{ unreadable_columns('date', ['activity_date']) }} as unreadable_dates,
    {{ error_columns(source_columns('marketing_activity')) }} as error_columns
from raw_marketing_activity
