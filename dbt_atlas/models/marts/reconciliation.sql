{{ config(materialized='view') }}

{%- set money = "'" ~ var('money') | replace("'", "''") ~ "'" -%}

{#- The figures that the marts must have in a month, from the tables that they are built from. -#}
{%- set facts = [
    ('int_orders', 'revenue', 'sum(amount) filter (counts_as_revenue)'),
    ('int_orders', 'transactions', 'count(*) filter (counts_as_revenue)'),
    ('int_orders', 'paying_students', 'count(distinct (unit_code, student_key)) filter (counts_as_revenue and student_key is not null)'),
    ('int_revenue', 'order_revenue', 'sum(amount) filter (order_month is not null)'),
    ('int_enrollments', 'orders', 'count(*)'),
    ('int_enrollments', 'students', 'count(*) filter (is_first_of_year)'),
    ('int_enrollments', 'enrolled_students', 'count(distinct (unit_code, student_key))'),
    ('int_targets', 'target_students', 'sum(target_students) filter (unit_code is not null)'),
    ('int_targets', 'target_revenue', 'sum(target_revenue) filter (unit_code is not null)'),
    ('int_marketing_activity', 'target_leads', 'sum(target_leads) filter (unit_code is not null)'),
    ('int_marketing_activity', 'leads', 'sum(leads) filter (unit_code is not null)'),
    ('int_marketing_activity', 'follow_ups', 'sum(follow_ups) filter (unit_code is not null)'),
] -%}

{#- The figures that they do have: check, mart, fact, expression. -#}
{%- set all_types = "filter (customer_type = 'all')" -%}
{%- set mart_figures = [
    ('mart_revenue_by_unit', 'mart_revenue', 'revenue', 'sum(revenue_actuals)'),
    ('mart_revenue_by_program', 'mart_program_progress', 'revenue', 'sum(revenue)'),
    ('mart_revenue_by_channel', 'mart_channel_marketing', 'revenue', 'sum(revenue) ' ~ all_types),
    ('mart_revenue_by_order', 'mart_order_payments', 'order_revenue', 'sum(amount)'),
    ('mart_transactions', 'mart_revenue', 'transactions', 'sum(transaction_count)'),
    ('mart_orders_by_unit', 'mart_revenue', 'orders', 'sum(order_count)'),
    ('mart_orders_by_program', 'mart_program_progress', 'orders', 'sum(order_count)'),
    ('mart_orders_by_channel', 'mart_channel_marketing', 'orders', 'sum(closings) ' ~ all_types),
    ('mart_students', 'mart_revenue', 'paying_students', 'sum(paying_student_count)'),
    ('mart_students', 'mart_school_progress', 'students', 'sum(student_count)'),
    ('students_counted_once', 'mart_students', 'paying_students', 'count(distinct (unit_code, student_key)) ' ~ "filter (counted_as = 'payer')"),
    ('students_counted_once', 'mart_students', 'enrolled_students', 'count(distinct (unit_code, student_key)) ' ~ "filter (counted_as = 'enrolled')"),
    ('mart_target', 'mart_targets', 'target_students', 'sum(target_students)'),
    ('mart_target', 'mart_targets', 'target_revenue', 'sum(target_revenue)'),
    ('mart_funnel', 'mart_channel_marketing', 'target_leads', 'sum(target_leads)'),
    ('mart_funnel', 'mart_channel_marketing', 'leads', 'sum(leads)'),
    ('mart_funnel', 'mart_channel_marketing', 'follow_ups', 'sum(follow_ups)'),
] -%}

with sheets as (
    select * from {{ ref('audit_sheets') }}
),

second_readings as (
    select * from {{ source('raw', 'sheet_controls') }}
),

manifest as (
    select
        *,
        list_filter(columns, lambda c: c.name = 'amount')[1].letter as letter
    from {{ source('raw', 'sheet_manifest') }}
    where table_name = 'transactions'
),

second_amounts as (
    select
        entity_code,
        month_key,
        unnest(rows) as source_row,
        unnest(amounts) as amount,
        total_rows
    from second_readings
),

controls as (
    select
        second_readings.entity_code,
        second_readings.month_key,
        coalesce(
            sum(second_amounts.amount) filter (not list_contains(second_amounts.total_rows, second_amounts.source_row)),
            0
        ) as amount,
        arg_max(second_amounts.amount, second_amounts.source_row)
        filter (list_contains(second_amounts.total_rows, second_amounts.source_row)) as stated_total
    from second_readings
    left join second_amounts using (entity_code, month_key)
    where second_readings.problem is null
    group by second_readings.entity_code, second_readings.month_key
),

-- The cells that the two readers understand differently.
disagreements as (
    select
        entity_code,
        month_key,
        source_row,
        orders.amount as read_first,
        second_amounts.amount as read_second
    from {{ ref('int_orders') }} as orders
    full outer join second_amounts using (entity_code, month_key, source_row)
    where
        coalesce(orders.amount, 0) != coalesce(second_amounts.amount, 0)
        and not coalesce(list_contains(second_amounts.total_rows, source_row), false)
),

differing_cells as (
    select
        disagreements.entity_code,
        disagreements.month_key,
        array_to_string(
            list_slice(
                list(
                    {{ cell_place('manifest', 'disagreements.source_row', 'manifest.letter') }}
                    || ' is ' || coalesce(disagreements.read_first::varchar, 'nothing') || ' to the first reader and '
                    || coalesce(disagreements.read_second::varchar, 'nothing') || ' to the second'
                    order by disagreements.source_row
                ),
                1,
                5
            ),
            '; '
        ) as details
    from disagreements
    inner join manifest using (entity_code, month_key)
    group by all
),

-- Months whose marts are built; the others have nothing to reconcile yet.
built as (
    select * from {{ ref('built_months') }}
),

units as (
    select * from {{ ref('mart_revenue') }}
),

targets as (
    select * from {{ ref('mart_targets') }}
),

facts as (
    {%- for table, fact, expression in facts %}
        select
            entity_code,
            month_key,
            '{{ fact }}' as fact,
            {{ expression }} as figure
        from {{ ref(table) }}
        group by all
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

mart_figures as (
    {%- for check, mart, fact, expression in mart_figures %}
        select
            entity_code,
            month_key,
            '{{ check }}' as check_name,
            '{{ mart }}' as mart,
            '{{ fact }}' as fact,
            {{ expression }} as figure
        from {{ ref(mart) }}
        group by all
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

-- Every month is checked for every figure: one that is missing on either side counts as zero.
mart_checks as (
    select
        checks.check_name,
        checks.mart,
        checks.fact
    from (
        values
        {%- for check, mart, fact, expression in mart_figures %}
            ('{{ check }}', '{{ mart }}', '{{ fact }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as checks (check_name, mart, fact)
),

-- The administrators' own figures, for the units where they entered any.
reported as (
    select
        entity_code,
        unit_code,
        month_key,
        sum(reported_revenue) as revenue
    from targets
    group by all
    having count(reported_revenue) > 0
),

pairs as (
    select
        entity_code,
        month_key,
        'sheet_rows_read' as check_name,
        place || ', ' || table_name as place,
        rows_read as expected,
        rows_kept + rows_not_data as actual,
        'rows' as unit,
        true as is_blocking,
        null as details
    from sheets
    union all
    select
        entity_code,
        month_key,
        'sheet_rows_judged' as check_name,
        place || ', ' || table_name as place,
        rows_kept as expected,
        rows_valid + rows_flagged + rows_duplicate as actual,
        'rows' as unit,
        true as is_blocking,
        null as details
    from sheets
    union all
    select
        sheets.entity_code,
        sheets.month_key,
        'sheet_amounts' as check_name,
        sheets.place,
        controls.amount as expected,
        sheets.amount_revenue + sheets.amount_unassigned + sheets.amount_stray + sheets.amount_duplicate as actual,
        {{ money }} as unit,
        true as is_blocking,
        differing_cells.details
    from sheets
    inner join controls using (entity_code, month_key)
    left join differing_cells using (entity_code, month_key)
    where sheets.table_name = 'transactions'
    union all
    select
        sheets.entity_code,
        sheets.month_key,
        'sheets_read_twice' as check_name,
        sheets.place,
        1 as expected,
        0 as actual,
        'sheets' as unit,
        false as is_blocking,
        'The amounts were read once only, because the second reader failed ('
        || second_readings.problem
        || ')' as details
    from sheets
    inner join second_readings using (entity_code, month_key)
    where sheets.table_name = 'transactions' and second_readings.problem is not null
    union all
    select
        sheets.entity_code,
        sheets.month_key,
        'sheet_stated_total' as check_name,
        sheets.place,
        controls.stated_total as expected,
        controls.amount as actual,
        {{ money }} as unit,
        false as is_blocking,
        null as details
    from sheets
    inner join controls using (entity_code, month_key)
    where sheets.table_name = 'transactions' and controls.stated_total is not null
    union all
    select
        entity_code,
        month_key,
        check_name,
        mart || ', ' || fact || ', ' || entity_code || ' ' || strftime(month_key, '%Y-%m') as place,
        coalesce(facts.figure, 0) as expected,
        coalesce(mart_figures.figure, 0) as actual,
        case when fact in ('revenue', 'order_revenue', 'target_revenue') then {{ money }} else fact end as unit,
        true as is_blocking,
        null as details
    from built
    cross join mart_checks
    left join facts using (entity_code, month_key, fact)
    left join mart_figures using (entity_code, month_key, check_name, mart, fact)
    union all
    select
        reported.entity_code,
        reported.month_key,
        'reported_revenue' as check_name,
        'target sheet, ' || reported.unit_code || ' ' || strftime(reported.month_key, '%Y-%m') as place,
        reported.revenue as expected,
        coalesce(units.revenue_actuals, 0) as actual,
        {{ money }} as unit,
        false as is_blocking,
        null as details
    from reported
    left join units
        on
            reported.entity_code = units.entity_code
            and reported.unit_code = units.unit_code
            and reported.month_key = units.month_key
)

select
    pairs.entity_code,
    pairs.month_key,
    pairs.check_name,
    pairs.place,
    pairs.expected::decimal(18, 2) as expected,
    pairs.actual::decimal(18, 2) as actual,
    (pairs.actual - pairs.expected)::decimal(18, 2) as difference,
    pairs.unit,
    pairs.is_blocking,
    pairs.actual = pairs.expected as is_reconciled,
    pairs.details
from pairs
inner join built using (entity_code, month_key)
