{#- Whether a row belongs to the entities and months that this invocation builds. -#}
{% macro in_scope(table) -%}
    {%- set month_key = table ~ '.month_key' if table else 'month_key' -%}
    {%- if var('months') is none or (execute and model.config.materialized == 'partitioned' and is_built_anew()) -%}
        true
    {%- else -%}
        {{ of_entities(table) }} and {{ month_key }} in (date '{{ var("months") | join("-01', date '") }}-01')
    {%- endif -%}
{%- endmacro %}

{#- Whether a row belongs to the entities that this invocation builds. -#}
{% macro of_entities(table) -%}
    {%- set column = table ~ '.entity_code' if table else 'entity_code' -%}
    {%- if var('entities') is none -%}
        true
    {%- else -%}
        {{ column }} in ('{{ var("entities") | join("', '") }}')
    {%- endif -%}
{%- endmacro %}

{#- Whether a row of a raw table belongs to a sheet that was loaded since its model was built. -#}
{% macro not_staged() -%}
    {%- if is_built_anew() -%}
        true
    {%- else -%}
        (entity_code, month_key, loaded_at) not in (select distinct (entity_code, month_key, loaded_at) from {{ this }})
    {%- endif -%}
{%- endmacro %}

{#- Whether any row is not staged. To plan the SQL of a staging model takes up to 0.2 s, even for no rows. -#}
{% macro is_to_be_staged() -%}
    {%- set rows = source('raw', model.name | replace('stg_', '')) -%}
    {{ return(run_query('select exists (from ' ~ rows ~ ' where ' ~ not_staged() ~ ')').rows[0][0]) }}
{%- endmacro %}

{#- What a test looks at: the rows of the entities that are built and, except in intermediate models, of the months that
    are built, so that no other entity or month can stop these. -#}
{% macro get_where_subquery(relation) -%}
    {%- set tested = graph.nodes.get(model.attached_node) if execute -%}
    {%- if not tested or var('months') is none or 'entity_code' not in tested.columns -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set of_months = 'month_key' in tested.columns and tested.config.meta.replaces != 'entities' -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ (in_scope() if of_months else of_entities()) ~ ') as tested') }}
{%- endmacro %}
