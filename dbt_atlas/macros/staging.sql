{#- Whether a row of a raw table belongs to a sheet that was loaded since its model was built. -#}
{% macro not_staged() -%}
    {%- if is_incremental() -%}
        (entity_code, month_key, loaded_at) not in (select distinct (entity_code, month_key, loaded_at) from {{ this }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- Replaces the rows of sheets that were loaded again or are gone. -#}
{% macro get_incremental_replace_sheets_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arg_dict['target_relation'] }}
    where (entity_code, month_key, loaded_at) not in (
        select (entity_code, month_key, loaded_at) from {{ source('raw', 'sheet_manifest') }}
        where table_name = '{{ model.name | replace("stg_", "") }}'
    );
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }};
{% endmacro %}

{#- Records the rules that a staging table was made by, as its comment. -#}
{% macro note_rules() -%}
    {%- if model.config.materialized == 'incremental' -%}
        comment on table {{ this }} is '{{ var("rules") }}'
    {%- endif -%}
{%- endmacro %}
