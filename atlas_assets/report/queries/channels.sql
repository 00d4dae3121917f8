-- Channels by customer type, most closings first, with what became of them since last year.
with channels as (
    select
        unit_code,
        channel_name,
        customer_type,
        sum(closings) filter (month_key between $first::date and $last::date) as closings,
        sum(leads) filter (month_key between $first::date and $last::date) as leads,
        sum(follow_ups) filter (month_key between $first::date and $last::date) as follow_ups,
        sum(closings) filter (
            month_key between $first::date - interval 1 year and $last::date - interval 1 year
        ) as closings_last_year
    from marts.mart_channel_marketing
    where entity_code = $entity and list_contains($units, unit_code)
    group by all
    having
        sum(closings) filter (month_key between $first::date and $last::date) > 0
        or sum(leads) filter (month_key between $first::date and $last::date) is not null
        or closings_last_year > 0
),

-- Each student once in the period, whatever type she was of: the type `all` is no sum.
students as (
    select
        unit_code,
        channel_name,
        unnest([customer_type, 'all']) as customer_type,
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
        unit_code,
        channel_name,
        customer_type,
        count(distinct student_key) as students
    from students
    group by all
),

-- Without last year's months nothing can be said to have grown, or to be new.
last_year as (
    select count(distinct month_key) > 0 as is_loaded
    from marts.mart_revenue
    where
        entity_code = $entity
        and month_key between $first::date - interval 1 year and $last::date - interval 1 year
),

counted as (
    select
        unit_code,
        channel_name,
        customer_type,
        coalesce(channels.closings, 0)::bigint as closings,
        coalesce(student_counts.students, 0)::bigint as students,
        channels.leads::bigint as leads,
        channels.follow_ups::bigint as follow_ups,
        case when last_year.is_loaded then coalesce(channels.closings_last_year, 0) end::bigint as closings_last_year
    from channels
    cross join last_year
    left join student_counts using (unit_code, channel_name, customer_type)
),

judged as (
    select
        counted.*,
        case
            when counted.closings_last_year is null then null
            when counted.closings = 0 then 'inactive'
            when counted.closings_last_year = 0 then 'new'
            when counted.closings > counted.closings_last_year * 1.1 then 'growing'
            when counted.closings < counted.closings_last_year * 0.9 then 'declining'
            else 'steady'
        end as status,
        sum(counted.closings) filter (counted.customer_type = 'all') over (
            partition by counted.unit_code
        ) as all_closings,
        max(counted.closings) filter (counted.customer_type = 'all') over (
            partition by counted.unit_code, counted.channel_name
        ) as channel_closings
    from counted
)

select
    judged.unit_code,
    judged.channel_name,
    registry.category,
    judged.customer_type,
    judged.closings,
    judged.closings_last_year,
    judged.closings - judged.closings_last_year as delta_last_year,
    judged.students,
    case
        when judged.all_closings > 0 then round(judged.closings * 100.0 / judged.all_closings, 4)
    end::decimal(38, 4) as contribution_pct,
    judged.leads,
    judged.follow_ups,
    case
        when judged.leads > 0 then round(judged.closings * 100.0 / judged.leads, 4)
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
    judged.unit_code asc,
    judged.channel_closings desc,
    judged.channel_name asc,
    judged.customer_type asc
