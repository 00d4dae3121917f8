{#- Those of the given columns whose cells hold a spreadsheet error. The pattern stands once and not for each column,
    because to plan it takes longer than to apply it. -#}
{% macro error_columns(columns) -%}
    list_transform(
        list_filter(
            [
                {%- for column in columns %}
                {'name': '{{ column }}', 'content': {{ column }}}{{ ',' if not loop.last }}
                {%- endfor %}
            ],
            lambda cell: {{ is_error('cell.content') }}
        ),
        lambda cell: cell.name
    )
{%- endmacro %}
