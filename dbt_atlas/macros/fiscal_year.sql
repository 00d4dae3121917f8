{#- The fiscal year of a month, by the calendar year in which it ends. -#}
{% macro fiscal_year(month_key) -%}
    {%- set months_later = (13 - var("year_start") | int(1)) % 12 -%}
    year({{ month_key }}{% if months_later %} + interval {{ months_later }} month{% endif %})
{%- endmacro %}

{#- The first month of the fiscal year that a month belongs to. -#}
{% macro fiscal_year_start(month_key) -%}
    ({{ month_key }} - to_months((month({{ month_key }}) - {{ var("year_start") | int(1) }} + 12) % 12))::date
{%- endmacro %}
