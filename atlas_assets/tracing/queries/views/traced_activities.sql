-- Every marketing activity of a unit, with its cells as written.
select
    activity.entity_code,
    activity.unit_code,
    activity.month_key,
    activity.channel_name,
    activity.title,
    activity.leads,
    activity.follow_ups,
    activity.target_leads,
    cells.leads as leads_text,
    cells.follow_ups as follow_ups_text,
    cells.target_leads as target_leads_text,
    activity.source_file,
    activity.source_sheet,
    activity.source_row
from intermediate.int_marketing_activity as activity
inner join raw.marketing_activity as cells using (entity_code, month_key, source_file, source_sheet, source_row)
where activity.unit_code is not null
