{#- The registry code for a word of the given kind; null if the registry does not know it, or punctuation alone
    would have to decide between several. -#}
{% macro code_of(kind, word, entity=none) -%}
    {%- set of_kind -%}
        from {{ ref('stg_registry_words') }} as known
        where known.kind = '{{ kind }}' {%- if entity %} and known.entity_code = {{ entity }} {%- endif %}
    {%- endset -%}
    coalesce(
        (select min(known.code) {{ of_kind }} and known.written = {{ folded_name(word) }}),
        (
            select case when count(distinct known.code) = 1 then min(known.code) end
            {{ of_kind }} and known.loose_form = {{ loose_word(word) }}
        )
    )
{%- endmacro %}

{#- The unit that a word means in an entity; the program decides for a word that several units share. -#}
{% macro unit_of(entity, word, product) -%}
    coalesce(
        {{ code_of('unit', word, entity) }},
        (
            select arg_min(rules.unit_code, rules.priority)
            from {{ source('raw', 'registry_program_units') }} as rules
            where rules.entity_code = {{ entity }}
                and {{ loose_word('rules.written') }} = {{ loose_word(word) }}
                and regexp_matches({{ loose_word(product) }}, rules.program_pattern)
        )
    )
{%- endmacro %}
