{#- The fiscal year of a month, by the calendar year in which it ends. -#}
{% macro fiscal_year(month_key) -%}
    {%- set months_later = (13 - var("year_start") | int(1)) % 12 -%}
    year({{ month_key }}{% if months_later %} + interval {{ months_later }} month{% endif %})
{%- endmacro %}
