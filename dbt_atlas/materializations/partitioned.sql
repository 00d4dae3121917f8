{#- A table of which a build replaces a part, in one transaction: of staging the sheets that were loaded since, of the
    intermediate models the entities in scope, of marts the months in scope (`meta.replaces` says which). It needs fewer
    statements than dbt's own materializations: a month of the samples takes a fifth less time (7.0 and 5.6 s, in turn). -#}
{% materialization partitioned, adapter='duckdb' %}
    {%- set columns = model.columns.values() | map(attribute='name') | join(', ') -%}
    {% call statement('main') %}
        {%- if is_built_anew() %}
            {%- set existing = load_cached_relation(this) %}
            {%- if existing %}
                drop {{ existing.type }} {{ existing }};
            {%- endif %}
            {{ create_table_as(false, this, sql) }}
            ;
            comment on table {{ this }} is '{{ var("rules") }}';
        {%- else %}
            delete from {{ this }} where {{ is_replaced() }};
            {%- if model.config.meta.replaces != 'sheets' or is_to_be_staged() %}
            insert into {{ this }} ({{ columns }})
            select {{ columns }} from (
                {{ sql }}
            ) as built
            where {{ of_entities() if model.config.meta.replaces == 'entities' else true }};
            {%- endif %}
        {%- endif %}
    {% endcall %}
    {{ adapter.commit() }}
    {{ return({'relations': [this]}) }}
{% endmaterialization %}
