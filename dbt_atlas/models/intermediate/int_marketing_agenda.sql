with activity as (
    select * from {{ ref('int_marketing_activity') }}
)

-- Lines with the same title and day are one event, however many lines and channels it has.
select
    entity_code,
    unit_code,
    title,
    activity_date as starts_on,
    sum(target_leads)::bigint as target_leads
from activity
where unit_code is not null and title is not null and activity_date is not null
group by all
