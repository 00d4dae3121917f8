{#- The given columns of amounts, counts or dates that cannot be read as such; errors are told elsewhere. -#}
{% macro unreadable_columns(kind, columns) -%}
    list_filter(
        [
            {%- for column in columns %}
            case
                when
                    {{ clean_text(column) }} is not null
                    and
                    {% if kind == 'amount' %}{{ parse_amount(column) }}
                    {% elif kind == 'count' %}{{ parse_count(column) }}
                    {% else %}{{ parse_date(column) }}
                    {% endif %} is null
                    then '{{ column }}'
            end
            {{- ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda column_name: column_name is not null
    )
{%- endmacro %}
