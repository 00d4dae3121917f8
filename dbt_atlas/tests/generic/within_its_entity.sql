{#- A key begins with the row's entity, so that two entities never share a person or an order. -#}
{% test within_its_entity(model, column_name) %}
    select
        entity_code,
        {{ column_name }}
    from {{ model }}
    where not starts_with({{ column_name }}, entity_code || '|')
{% endtest %}
