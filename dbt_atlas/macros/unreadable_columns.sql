{#- The given columns of amounts or dates that cannot be read as such; errors are told elsewhere. -#}
{% macro unreadable_columns(kind, columns) -%}
    list_filter(
        [
            {%- for column in columns %}
            case
                when
                    {{ clean_text(column) }} is not null
                    and {{ parse_amount(column) if kind == 'amount' else parse_date(column) }} is null
                    then '{{ column }}'
            end
            {{- ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda column_name: column_name is not null
    )
{%- endmacro %}
