{#- The given columns that hold something which the given macro cannot read; errors are told elsewhere. -#}
{% macro unreadable_columns(parse, columns) -%}
    list_filter(
        [
            {%- for column in columns %}
            case
                when {{ clean_text(column) }} is not null and {{ context[parse](column) }} is null then '{{ column }}'
            end
            {{- ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda column_name: column_name is not null
    )
{%- endmacro %}
