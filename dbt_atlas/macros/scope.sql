{#- Whether a row belongs to the entities and months that this invocation builds. -#}
{% macro in_scope() -%}
    {%- if var('months') is none or should_full_refresh() -%}
        true
    {%- else -%}
        entity_code in ('{{ var("entities") | join("', '") }}')
        and month_key in (date '{{ var("months") | join("-01', date '") }}-01')
    {%- endif -%}
{%- endmacro %}

{#- What a test looks at: the rows of the entities that are built and, of marts, of the months that are built, so that no
    other entity or month can stop these. -#}
{% macro get_where_subquery(relation) -%}
    {%- set tested = graph.nodes.get(model.attached_node) if execute -%}
    {%- if not tested or var('months') is none or 'entity_code' not in tested.columns -%}
        {{ return(relation) }}
    {%- endif -%}
    {%- set is_mart = tested.config.materialized == 'incremental' -%}
    {{ return('(select * from ' ~ relation ~ ' where ' ~ (in_scope() if is_mart else of_entities()) ~ ') as tested') }}
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

{#- Replaces all rows in scope, deleting also those without a new version, and those of months and units that are no
    longer loaded or registered. -#}
{% macro get_incremental_replace_partitions_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set has_units = 'unit_code' in arg_dict['dest_columns'] | map(attribute='name') -%}
    delete from {{ arg_dict['target_relation'] }}
    where
        {{ in_scope() }}
        or (entity_code, month_key) not in (select (entity_code, month_key) from {{ source('raw', 'sheet_manifest') }})
        {%- if has_units %}
        or (entity_code, unit_code) not in (select (entity_code, unit_code) from {{ source('raw', 'registry_units') }})
        {%- endif %};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }};
{% endmacro %}
