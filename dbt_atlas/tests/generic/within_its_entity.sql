{#- The key of a row begins with the row's own entity: two entities never meet in one person or order. -#}
{% test within_its_entity(model, column_name) %}
    select
        entity_code,
        {{ column_name }}
    from {{ model }}
    where not starts_with({{ column_name }}, entity_code || '|')
{% endtest %}
