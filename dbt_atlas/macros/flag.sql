{#- A flag on a column of a row if the condition holds, else null. -#}
{% macro flag(column, reason, severity, condition) -%}
    case
        when {{ condition }}
            then {'column_name': '{{ column }}', 'reason': '{{ reason }}', 'severity': '{{ severity }}'}
    end
{%- endmacro %}

{#- A list with a flag for each of the columns, all with the same reason. -#}
{% macro flag_each(columns, reason, severity='flagged') -%}
    list_transform(
        {{ columns }},
        lambda name: {'column_name': name, 'reason': '{{ reason }}', 'severity': '{{ severity }}'}  -- noqa: RF02
    )
{%- endmacro %}

{#- All flags of a row in one list, from single flags, which may be null, and lists of flags. -#}
{% macro all_flags(single, lists) -%}
    list_concat(
        list_filter([{{ single | join(', ') }}], lambda flag: flag is not null),
        {{ lists | join(', ') }}
    )
{%- endmacro %}

{#- The registry code whose spelling is most similar to a word, if the similarity (0 to 1) reaches `least`. -#}
{% macro nearest_code(kind, entity, word, least) -%}
    (
        select arg_max(known.code, jaro_winkler_similarity(known.loose_form, {{ loose_word(word) }}))
        from {{ ref('stg_registry_words') }} as known
        where known.kind = '{{ kind }}'
            and coalesce(known.entity_code = {{ entity }}, true)
            and jaro_winkler_similarity(known.loose_form, {{ loose_word(word) }}) >= {{ least }}
    )
{%- endmacro %}
