with activity as (
    select * from {{ ref('stg_marketing_activity') }}
)

select
    activity.*,
    {{ unit_of('activity.entity_code', 'activity.unit_text', "''") }} as unit_code,
    coalesce({{ code_of('channel', 'activity.channel_text') }}, 'Other') as channel_name
from activity
