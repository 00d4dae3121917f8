{#- A digest of some columns of a group of rows: the same rows give the same number, in any order. -#}
{% macro content_digest(columns) -%}
    sum(hash({{ columns | join(', ') }})::hugeint)::varchar
{%- endmacro %}
