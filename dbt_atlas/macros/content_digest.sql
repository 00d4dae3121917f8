{#- What a group of rows says in some columns, as one number: the same rows give the same in any order. -#}
{% macro content_digest(columns) -%}
    sum(hash({{ columns | join(', ') }})::hugeint)::varchar
{%- endmacro %}
