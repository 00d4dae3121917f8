{#- The registry code for a word of the given kind; null if the registry does not know it. -#}
{% macro code_of(kind, word) -%}
    (
        select min(known.code)
        from {{ ref('stg_registry_words') }} as known
        where known.kind = '{{ kind }}' and known.written = {{ normalized_word(word) }}
    )
{%- endmacro %}

{#- The unit that a word means in an entity; the program decides for a word that several units share. -#}
{% macro unit_of(entity, word, product) -%}
    coalesce(
        (
            select min(known.code)
            from {{ ref('stg_registry_words') }} as known
            where known.kind = 'unit' and known.entity_code = {{ entity }} and known.written = {{ normalized_word(word) }}
        ),
        (
            select arg_min(rules.unit_code, rules.priority)
            from {{ source('raw', 'registry_program_units') }} as rules
            where rules.entity_code = {{ entity }}
                and rules.written = {{ normalized_word(word) }}
                and regexp_matches({{ normalized_word(product) }}, rules.program_pattern)
        )
    )
{%- endmacro %}
