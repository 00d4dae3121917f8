{#- Whether a table is built anew, with everything: if there is none, if its columns are not those of its contract or, in
    staging, if it was made by other rules. No flag and no variable of the environment can ask for it, because a mart
    built anew for some months only would lose all others. -#}
{% macro is_built_anew() %}
    {%- set existing = load_cached_relation(this) if execute and model.config.materialized == 'partitioned' -%}
    {%- if not existing or existing.is_view -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set has_changed -%}
        select
            list_sort([
            {%- for column in model.columns.values() %}
                '{{ column.name }} ' || typeof(cast(null as {{ column.data_type }}))
                || ' {{ "false" if column.constraints else "true" }}' {%- if not loop.last %}, {%- endif %}
            {%- endfor %}
            ]) is distinct from list_sort(list(columns.column_name || ' ' || columns.data_type || ' ' || columns.is_nullable))
            {%- if model.config.meta.replaces == 'sheets' %}
            or min(tables.comment) is distinct from '{{ var("rules") }}'
            {%- endif %}
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables using (table_oid)
        where
            tables.database_name = '{{ existing.database }}'
            and tables.schema_name = '{{ existing.schema }}'
            and tables.table_name = '{{ existing.identifier }}'
    {%- endset -%}
    {{ return(run_query(has_changed).rows[0][0]) }}
{% endmacro %}

{#- Whether a row of the table gives way: because it is built again, or belongs to what is no longer loaded or
    registered. -#}
{% macro is_replaced() -%}
    {%- set manifest = source('raw', 'sheet_manifest') -%}
    {%- if model.config.meta.replaces == 'sheets' -%}
        (entity_code, month_key, loaded_at) not in (
            select (entity_code, month_key, loaded_at) from {{ manifest }}
            where table_name = '{{ model.name | replace("stg_", "") }}'
        )
    {%- elif model.config.meta.replaces == 'entities' -%}
        {{ of_entities() }} or entity_code not in (select entity_code from {{ manifest }})
    {%- else -%}
        {{ in_scope() }} or (entity_code, month_key) not in (select (entity_code, month_key) from {{ manifest }})
        {%- if 'unit_code' in model.columns %}
            or (entity_code, unit_code) not in (select (entity_code, unit_code) from {{ source('raw', 'registry_units') }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
