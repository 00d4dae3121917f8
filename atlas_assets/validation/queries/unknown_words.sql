-- Words that the registry does not know, the most frequent first.
select
    column_name as kind,
    content as word,
    count(*) as rows,
    min(nearest) as nearest,
    arg_min(place, (month_key, source_row)) as first_place
from audit_flagged_rows
where
    entity_code = $entity
    and month_key between $first and $last
    and reason in (
        'unit_unknown', 'channel_unknown', 'level_unknown', 'sex_unknown', 'payment_method_unknown',
        'payment_pattern_unknown'
    )
    and content is not null
group by column_name, content
order by count(*) desc, column_name, content asc
