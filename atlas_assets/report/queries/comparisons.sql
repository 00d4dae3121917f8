-- One row per unit (null: the entity), measure and kind of comparison: the actual value, the period
-- before, the same months a year ago, and the best of all years so far.
with spans as (
    select
        unnest($kinds) as kind,
        unnest($periods) as period,
        unnest($firsts)::date as first_month,
        unnest($lasts)::date as last_month
),

revenue as (
    select
        unit_code,
        month_key,
        revenue_actuals,
        order_count
    from marts.mart_revenue
    where entity_code = $entity and list_contains($units, unit_code)
),

programs as (
    select
        unit_code,
        month_key,
        customer_type,
        order_count,
        revenue
    from marts.mart_program_progress
    where entity_code = $entity and list_contains($units, unit_code)
),

facts as (
    select
        unit_code,
        month_key,
        'revenue' as measure,
        revenue_actuals as value
    from revenue
    union all
    select
        null as unit_code,
        month_key,
        'revenue' as measure,
        revenue_actuals as value
    from revenue
    union all
    select
        unit_code,
        month_key,
        'orders' as measure,
        order_count as value
    from revenue
    union all
    select
        unit_code,
        month_key,
        'orders:' || customer_type as measure,
        order_count as value
    from programs
    union all
    select
        unit_code,
        month_key,
        'revenue:' || customer_type as measure,
        revenue as value
    from programs
),

loaded_months as (
    select distinct month_key
    from marts.mart_revenue
    where entity_code = $entity
),

-- A period counts only when all its months have been loaded for the entity.
loaded_spans as (
    select
        spans.kind,
        spans.period,
        spans.first_month,
        spans.last_month
    from spans
    inner join loaded_months as loaded
        on loaded.month_key between spans.first_month and spans.last_month
    group by all
    having count(*) = datediff('month', spans.first_month, spans.last_month) + 1
),

subjects as (
    select distinct
        unit_code,
        measure
    from facts
),

sums as (
    select
        subjects.unit_code,
        subjects.measure,
        loaded_spans.kind,
        loaded_spans.period,
        coalesce(sum(facts.value), 0)::decimal(38, 4) as value
    from subjects
    cross join loaded_spans
    left join facts
        on
            subjects.unit_code is not distinct from facts.unit_code
            and subjects.measure = facts.measure
            and facts.month_key between loaded_spans.first_month and loaded_spans.last_month
    group by all
),

-- A student who pays in several months of a period counts once in it.
payers as (
    select
        units.unit_code,
        'students' as measure,
        loaded_spans.kind,
        loaded_spans.period,
        count(distinct students.student_key)::decimal(38, 4) as value
    from (select distinct unit_code from revenue) as units
    cross join loaded_spans
    left join marts.mart_students as students
        on
            students.entity_code = $entity
            and units.unit_code = students.unit_code
            and students.counted_as = 'payer'
            and students.month_key between loaded_spans.first_month and loaded_spans.last_month
    group by all
),

average_order_values as (
    select
        orders.unit_code,
        'average_order_value' as measure,
        orders.kind,
        orders.period,
        round(revenue.value / orders.value, 2)::decimal(38, 4) as value
    from sums as orders
    inner join sums as revenue
        on
            orders.unit_code = revenue.unit_code
            and orders.kind = revenue.kind
            and orders.period = revenue.period
            and revenue.measure = 'revenue'
    where orders.measure = 'orders' and orders.value > 0
),

figures as (
    select * from sums
    union all
    select * from payers
    union all
    select * from average_order_values
),

ranked as (
    select
        *,
        row_number() over (partition by unit_code, measure, kind order by value desc, period desc) as standing
    from figures
)

select
    compared.unit_code,
    compared.measure,
    compared.kind,
    compared.period,
    compared.value,
    actual.value - compared.value as delta,
    case
        when compared.value > 0 then round((actual.value - compared.value) * 100.0 / compared.value, 4)
    end::decimal(38, 4) as delta_pct
from ranked as compared
inner join figures as actual
    on
        compared.unit_code is not distinct from actual.unit_code
        and compared.measure = actual.measure
        and actual.kind = 'actual'
where compared.standing = 1
order by all
