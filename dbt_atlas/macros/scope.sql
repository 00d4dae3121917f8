{#- Whether a row belongs to the entities and months that this invocation builds. -#}
{% macro in_scope() -%}
    {%- if var('months') is none -%}
        true
    {%- else -%}
        entity_code in ('{{ var("entities") | join("', '") }}')
        and month_key in (date '{{ var("months") | join("-01', date '") }}-01')
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
