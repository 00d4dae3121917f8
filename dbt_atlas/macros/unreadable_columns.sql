{#- Those of the given columns whose amount, count or date cannot be read, except for spreadsheet errors. -#}
{% macro unreadable_columns(kind, columns, first_year=2000) -%}
    list_filter(
        [
            {%- for column in columns %}
            case
                when
                    {{ clean_text(column) }} is not null
                    and
                    {% if kind == 'amount' %}{{ parse_amount(column) }}
                    {% elif kind == 'count' %}{{ parse_count(column) }}
                    {% else %}{{ parse_date(column, first_year) }}
                    {% endif %} is null
                    then '{{ column }}'
            end
            {{- ',' if not loop.last }}
            {%- endfor %}
        ],
        lambda column_name: column_name is not null
    )
{%- endmacro %}
