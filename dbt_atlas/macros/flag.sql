{#- What is wrong with a column of a row, where a condition holds; null where it does not. -#}
{% macro flag(column, reason, severity, condition) -%}
    case
        when {{ condition }}
            then {'column_name': '{{ column }}', 'reason': '{{ reason }}', 'severity': '{{ severity }}'}
    end
{%- endmacro %}

{#- The same reason for each column of a list. -#}
{% macro flag_each(columns, reason) -%}
    list_transform(
        {{ columns }},
        lambda name: {'column_name': name, 'reason': '{{ reason }}', 'severity': 'flagged'}  -- noqa: RF02
    )
{%- endmacro %}

{#- All flags of a row: single ones, which may be null, and lists of them. -#}
{% macro all_flags(single, lists) -%}
    list_concat(
        list_filter([{{ single | join(', ') }}], lambda flag: flag is not null),
        {{ lists | join(', ') }}
    )
{%- endmacro %}

{#- The registry's code whose spelling is nearest to a word, if one is at least that similar (0 to 1). -#}
{% macro nearest_code(kind, entity, word, least) -%}
    (
        select arg_max(known.code, jaro_winkler_similarity(known.written, {{ normalized_word(word) }}))
        from {{ ref('stg_registry_words') }} as known
        where known.kind = '{{ kind }}'
            and coalesce(known.entity_code = {{ entity }}, true)
            and jaro_winkler_similarity(known.written, {{ normalized_word(word) }}) >= {{ least }}
    )
{%- endmacro %}
