-- Channels by customer type, most closings first, with what became of them since last year: one row per unit (null: the
-- entity). Compared are the unit-months that exist in both years; a verdict takes five cases in one of them.
with comparable as (
    select
        unit_code,
        month_key
    from marts.mart_unit_months
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
        and last_year_revenue is not null
),

placed as (
    select
        unit_code,
        month_key,
        channel_name,
        customer_type,
        closings,
        leads,
        follow_ups,
        false as is_last_year
    from marts.mart_channel_marketing
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and month_key between $first::date and $last::date
    union all
    select
        unit_code,
        (month_key + interval 1 year)::date as month_key,
        channel_name,
        customer_type,
        closings,
        null as leads,
        null as follow_ups,
        true as is_last_year
    from marts.mart_channel_marketing
    where entity_code = $entity
),

rows_of as (
    select
        placed.*,
        unnest([placed.unit_code, 'all']) as subject_code,
        comparable.unit_code is not null as is_comparable
    from placed
    left join comparable using (unit_code, month_key)
    where not placed.is_last_year or comparable.unit_code is not null
),

channels as (
    select
        subject_code,
        channel_name,
        customer_type,
        coalesce(sum(closings) filter (not is_last_year), 0) as closings,
        sum(leads) as leads,
        sum(follow_ups) as follow_ups,
        sum(closings) filter (leads is not null) as closings_with_leads,
        coalesce(sum(closings) filter (not is_last_year and is_comparable), 0) as closings_compared,
        coalesce(sum(closings) filter (is_last_year), 0) as closings_last_year
    from rows_of
    group by all
    having closings > 0 or sum(leads) is not null or closings_last_year > 0
),

-- Each student once in the period, whatever type she was of: the type `all` is no sum.
students as (
    select
        unnest([unit_code, unit_code, 'all', 'all']) as subject_code,
        channel_name,
        unnest([customer_type, 'all', customer_type, 'all']) as customer_type,
        student_key
    from marts.mart_students
    where
        entity_code = $entity
        and list_contains($units, unit_code)
        and counted_as = 'enrolled'
        and month_key between $first::date and $last::date
),

student_counts as (
    select
        subject_code,
        channel_name,
        customer_type,
        count(distinct student_key) as students
    from students
    group by all
),

subjects as (
    select distinct unnest([unit_code, 'all']) as subject_code
    from comparable
),

counted as (
    select
        channels.subject_code,
        channels.channel_name,
        channels.customer_type,
        channels.closings,
        coalesce(student_counts.students, 0) as students,
        channels.leads,
        channels.follow_ups,
        channels.closings_with_leads,
        case when subjects.subject_code is not null then channels.closings_compared end as closings_compared,
        case when subjects.subject_code is not null then channels.closings_last_year end as closings_last_year
    from channels
    left join subjects using (subject_code)
    left join student_counts using (subject_code, channel_name, customer_type)
),

judged as (
    select
        counted.*,
        case
            when counted.closings_last_year is null then null
            when greatest(counted.closings_compared, counted.closings_last_year) < 5 then 'too_few'
            when counted.closings_compared = 0 then 'inactive'
            when counted.closings_last_year = 0 then 'new'
            when counted.closings_compared > counted.closings_last_year * 1.1 then 'growing'
            when counted.closings_compared < counted.closings_last_year * 0.9 then 'declining'
            else 'steady'
        end as status,
        sum(counted.closings) filter (counted.customer_type = 'all') over (
            partition by counted.subject_code
        ) as all_closings,
        max(counted.closings) filter (counted.customer_type = 'all') over (
            partition by counted.subject_code, counted.channel_name
        ) as channel_closings
    from counted
)

select
    nullif(judged.subject_code, 'all') as unit_code,
    judged.channel_name,
    registry.category,
    judged.customer_type,
    judged.closings::bigint as closings,
    judged.closings_last_year::bigint as closings_last_year,
    (judged.closings_compared - judged.closings_last_year)::bigint as delta_last_year,
    judged.students::bigint as students,
    case
        when judged.all_closings > 0 then round(judged.closings * 100.0 / judged.all_closings, 4)
    end::decimal(38, 4) as contribution_pct,
    judged.leads::bigint as leads,
    judged.follow_ups::bigint as follow_ups,
    case
        when judged.leads > 0 then round(judged.closings_with_leads * 100.0 / judged.leads, 4)
    end::decimal(38, 4) as conversion_pct,
    judged.status,
    case judged.status
        when 'growing' then 'scale'
        when 'steady' then 'maintain'
        when 'declining' then 'review'
        when 'new' then 'observe'
        when 'inactive' then 'revive'
    end as strategy
from judged
inner join raw.registry_channels as registry on judged.channel_name = registry.channel_name
order by
    unit_code asc,
    judged.channel_closings desc,
    judged.channel_name asc,
    judged.customer_type asc
