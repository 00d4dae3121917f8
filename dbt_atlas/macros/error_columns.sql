{#- Those of the given columns whose cells hold a spreadsheet error. -#}
{% macro error_columns(columns) -%}
    list_filter(
        [
            {%- for column in columns %}
            case when {{ is_error(column) }} then '{{ column }}' end{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda column_name: column_name is not null
    )
{%- endmacro %}
