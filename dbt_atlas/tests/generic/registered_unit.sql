{#- Every unit is registered for the row's entity. -#}
{% test registered_unit(model) %}
    select distinct
        entity_code,
        unit_code
    from {{ model }}
    where
        unit_code is not null
        and (entity_code, unit_code) not in (
            select (units.entity_code, units.unit_code)
            from {{ source('raw', 'registry_units') }} as units
        )
{% endtest %}
