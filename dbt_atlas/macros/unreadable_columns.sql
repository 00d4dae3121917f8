{#- The given columns of numbers that hold something which is no number. -#}
{% macro unreadable_columns(columns) -%}
    list_filter(
        [
            {%- for column in columns %}
            case when {{ column }} is not null and {{ parse_amount(column) }} is null then '{{ column }}' end
            {{- ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda column_name: column_name is not null
    )
{%- endmacro %}
