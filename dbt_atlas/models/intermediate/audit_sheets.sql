{%- set staged = {
    'transactions': 'stg_transactions',
    'students': 'stg_students',
    'organizations': 'stg_organizations',
    'targets': 'stg_targets',
    'marketing_activity': 'stg_marketing_activity',
} -%}

with manifest as (
    select * from {{ source('raw', 'sheet_manifest') }}
),

flags as (
    select
        table_name,
        entity_code,
        month_key,
        source_row,
        bool_or(severity = 'flagged') as is_flagged,
        bool_or(severity = 'duplicate') as is_duplicate
    from {{ ref('audit_flagged_rows') }}
    group by all
),

staged_rows as (
    {%- for table, model in staged.items() %}
        select
            '{{ table }}' as table_name,
            entity_code,
            month_key,
            source_row
        from {{ ref(model) }}
        {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

counted as (
    select
        table_name,
        entity_code,
        month_key,
        count(*) as rows_staged,
        count(*) filter (coalesce(flags.is_duplicate, false)) as rows_duplicate,
        count(*) filter (coalesce(flags.is_flagged and not flags.is_duplicate, false)) as rows_flagged
    from staged_rows
    left join flags using (table_name, entity_code, month_key, source_row)
    group by all
),

amounts as (
    select
        'transactions' as table_name,
        entity_code,
        month_key,
        sum(amount) as amount,
        sum(amount) filter (counts_as_revenue) as revenue,
        sum(amount) filter (invalid_reason = 'unit_unknown') as unassigned,
        sum(amount) filter (invalid_reason = 'stray_amount') as stray,
        sum(amount) filter (invalid_reason = 'duplicate') as duplicates
    from {{ ref('int_orders') }}
    group by all
)

select
    manifest.table_name,
    manifest.entity_code,
    manifest.month_key,
    manifest.source_file,
    manifest.source_sheet,
    {{ table_place('manifest', 'manifest') }} as place,
    manifest.source_hash,
    manifest.layout_hash,
    manifest.rows_read,
    manifest.rows_not_data,
    manifest.rows_kept,
    coalesce(counted.rows_staged, 0) as rows_staged,
    coalesce(counted.rows_staged - counted.rows_flagged - counted.rows_duplicate, 0) as rows_valid,
    coalesce(counted.rows_flagged, 0) as rows_flagged,
    coalesce(counted.rows_duplicate, 0) as rows_duplicate,
    amounts.amount,
    coalesce(amounts.revenue, 0) as amount_revenue,
    coalesce(amounts.unassigned, 0) as amount_unassigned,
    coalesce(amounts.stray, 0) as amount_stray,
    coalesce(amounts.duplicates, 0) as amount_duplicate
from manifest
left join counted using (table_name, entity_code, month_key)
left join amounts using (table_name, entity_code, month_key)
