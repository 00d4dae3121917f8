{#- Whether a table is built anew, with all months: only where its columns are not those of its contract or, in staging,
    where it was made by other rules. No flag and no variable of the environment can ask for it, because a mart built
    anew for some months only would lose all others. -#}
{% macro should_full_refresh() %}
    {%- set existing = load_cached_relation(this) if execute and model.config.materialized == 'incremental' -%}
    {%- if not existing -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set has_changed -%}
        select
            list_sort([
            {%- for column in model.columns.values() %}
                '{{ column.name }} ' || typeof(cast(null as {{ column.data_type }}))
                || ' {{ "false" if column.constraints else "true" }}' {%- if not loop.last %}, {%- endif %}
            {%- endfor %}
            ]) is distinct from list_sort(list(column_name || ' ' || data_type || ' ' || is_nullable))
            {%- if model.config.incremental_strategy == 'replace_sheets' %}
            or (
                select comment from duckdb_tables()
                where
                    database_name = '{{ existing.database }}'
                    and schema_name = '{{ existing.schema }}'
                    and table_name = '{{ existing.identifier }}'
            ) is distinct from '{{ var("rules") }}'
            {%- endif %}
        from duckdb_columns()
        where
            database_name = '{{ existing.database }}'
            and schema_name = '{{ existing.schema }}'
            and table_name = '{{ existing.identifier }}'
    {%- endset -%}
    {{ return(run_query(has_changed).rows[0][0]) }}
{% endmacro %}
