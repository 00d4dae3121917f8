-- One row per unit (null: the entity), measure and kind of comparison: the actual value, the period before, the same
-- months a year ago, and the best of all years so far. Both sides are taken over the unit-months that both have.
with spans as (
    select
        unnest($kinds) as kind,
        unnest($periods) as period,
        unnest($firsts)::date as first_month,
        unnest($lasts)::date as last_month
),

unit_months as (
    select * from marts.mart_unit_months
    where entity_code = $entity and list_contains($units, unit_code)
),

subject_months as (
    select
        *,
        unnest([unit_code, 'all']) as subject_code
    from unit_months
),

-- A best year has all its months.
complete as (
    select
        subject_months.subject_code,
        spans.period
    from spans
    inner join subject_months on subject_months.month_key between spans.first_month and spans.last_month
    where spans.kind = 'best_year' and subject_months.has_begun
    group by subject_months.subject_code, spans.period
    having
        count(distinct subject_months.month_key)
        = datediff('month', min(spans.first_month), min(spans.last_month)) + 1
),

all_pairs as (
    select
        spans.kind,
        spans.period,
        spans.last_month,
        unnest([actual.unit_code, 'all']) as subject_code,
        actual.unit_code,
        actual.month_key,
        compared.month_key as compared_month
    from spans
    inner join unit_months as actual on actual.month_key between $first::date and $last::date
    inner join unit_months as compared
        on
            actual.unit_code = compared.unit_code
            and (actual.month_key + to_months(datediff('month', $first::date, spans.first_month)::integer))::date
            = compared.month_key
    where compared.has_begun or spans.kind = 'actual'
),

pairs as (
    select all_pairs.*
    from all_pairs
    left join complete using (subject_code, period)
    where all_pairs.kind != 'best_year' or complete.period is not null
),

coverage as (
    select
        subject_code,
        kind,
        period,
        count(*) as have,
        (datediff('month', $first::date, $last::date) + 1)
        * case subject_code when 'all' then len($units) else 1 end as whole
    from pairs
    group by all
),

programs as (
    select * from marts.mart_program_progress
    where entity_code = $entity and list_contains($units, unit_code)
),

facts as (
    select
        unit_code,
        month_key,
        unnest(['revenue', 'orders', 'returning_orders', 'typed_orders']) as measure,
        unnest([revenue_actuals, order_count, returning_order_count, typed_order_count]) as value
    from unit_months
    where has_begun
    union all
    select
        unit_code,
        month_key,
        unnest(['orders:' || customer_type, 'revenue:' || customer_type]) as measure,
        unnest([sum(order_count), sum(revenue)]) as value
    from programs
    group by unit_code, month_key, customer_type
),

measures as (
    select distinct
        unit_code,
        measure
    from facts
),

sums as (
    select
        pairs.subject_code,
        measures.measure,
        pairs.kind,
        pairs.period,
        coalesce(sum(compared.value), 0) as value,
        coalesce(sum(actual.value), 0) as actuals
    from pairs
    inner join measures using (unit_code)
    left join facts as compared
        on
            pairs.unit_code = compared.unit_code
            and pairs.compared_month = compared.month_key
            and measures.measure = compared.measure
    left join facts as actual
        on
            pairs.unit_code = actual.unit_code
            and pairs.month_key = actual.month_key
            and measures.measure = actual.measure
    group by all
),

-- A student who pays in several months of a period, or several units of the entity, counts once.
payers as (
    select
        pairs.subject_code,
        'students' as measure,
        pairs.kind,
        pairs.period,
        count(distinct students.student_key) filter (students.month_key = pairs.compared_month) as value,
        count(distinct students.student_key) filter (students.month_key = pairs.month_key) as actuals
    from pairs
    left join marts.mart_students as students
        on
            students.entity_code = $entity
            and pairs.unit_code = students.unit_code
            and students.counted_as = 'payer'
            and students.month_key in (pairs.month_key, pairs.compared_month)
    group by all
),

-- What had been paid by the end of a period for the orders that were won in it.
won_values as (
    select
        pairs.subject_code,
        'won_value' as measure,
        pairs.kind,
        pairs.period,
        coalesce(
            sum(payments.amount) filter (
                payments.order_month = pairs.compared_month and payments.month_key <= pairs.last_month
            ),
            0
        ) as value,
        coalesce(
            sum(payments.amount) filter (
                payments.order_month = pairs.month_key and payments.month_key <= $last::date
            ),
            0
        ) as actuals
    from pairs
    left join marts.mart_order_payments as payments
        on
            payments.entity_code = $entity
            and pairs.unit_code = payments.unit_code
            and payments.order_month in (pairs.month_key, pairs.compared_month)
    group by all
),

counted as (
    select * from sums
    union all
    select * from payers
    union all
    select * from won_values
),

ratios as (
    select
        parts.subject_code,
        named.measure,
        parts.kind,
        parts.period,
        parts.value * named.factor / nullif(wholes.value, 0) as value,
        parts.actuals * named.factor / nullif(wholes.actuals, 0) as actuals
    from counted as parts
    inner join (
        values
        ('order_value', 'won_value', 'orders', 1),
        ('revenue_per_paying_student', 'revenue', 'students', 1),
        ('returning_share', 'returning_orders', 'typed_orders', 100)
    ) as named (measure, part, whole, factor)
        on parts.measure = named.part
    inner join counted as wholes
        on
            parts.subject_code = wholes.subject_code
            and parts.kind = wholes.kind
            and parts.period = wholes.period
            and named.whole = wholes.measure
),

figures as (
    select * from counted
    union all
    select * from ratios
    where value is not null and actuals is not null
),

ranked as (
    select
        *,
        row_number() over (
            partition by subject_code, measure, kind
            order by value desc, period desc
        ) as standing
    from figures
)

select
    nullif(ranked.subject_code, 'all') as unit_code,
    ranked.measure,
    ranked.kind,
    ranked.period,
    round(ranked.value, 4)::decimal(38, 4) as value,
    round(ranked.actuals, 4)::decimal(38, 4) as actuals,
    round(ranked.actuals - ranked.value, 4)::decimal(38, 4) as delta,
    case
        when ranked.value > 0 and ranked.measure != 'returning_share'
            then round((ranked.actuals - ranked.value) * 100.0 / ranked.value, 4)
    end::decimal(38, 4) as delta_pct,
    coverage.have,
    coverage.whole
from ranked
inner join coverage using (subject_code, kind, period)
where ranked.standing = 1
order by all
