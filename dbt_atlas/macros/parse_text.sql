{#- Cells are visible text already (`atlas_assets/configuration/visible_text.py`), so that nothing is trimmed here. -#}

{#- A cell's text; null if it is a spreadsheet error. -#}
{% macro clean_text(cell) -%}
    case when not {{ is_error(cell) }} then {{ cell }} end
{%- endmacro %}

{#- Whether a cell holds a spreadsheet error such as #REF!, #SPILL! or Err:502, or one that was typed: # ref! -#}
{% macro is_error(cell) -%}
    coalesce(
        regexp_matches(
            {{ cell }},
            '^#(N/A|GETTING_DATA|[A-Z][A-Z0-9/_]*[!?])|^Err:[0-9]+$|^(?i:# ?(N/A|(REF|DIV/0|VALUE|NUM|NULL)!|NAME[?]))$'
        ),
        false
    )
{%- endmacro %}

{#- The name of a program, school or the like in the form used for comparison: case, blanks and full stops do not
    matter, every other sign does. Null if there is neither letter nor digit. -#}
{% macro folded_name(cell) -%}
    case
        when regexp_matches({{ cell }}, '[\p{L}\p{N}]')
            then trim(regexp_replace(upper({{ cell }}), '[. ]+', ' ', 'g'))
    end
{%- endmacro %}

{#- A word without punctuation, to look it up in the registry if no spelling is the same. Signs that are no
    punctuation, such as the plus sign, matter. -#}
{% macro loose_word(cell) -%}
    nullif(trim(regexp_replace(upper({{ cell }}), '[^\p{L}\p{M}\p{N}\p{S}#%&*@]+', ' ', 'g')), '')
{%- endmacro %}

{#- A person's name in the form used for comparison, with its honorifics; null if there is no letter in it. -#}
{% macro full_name(cell) -%}
    case
        when regexp_matches({{ clean_text(cell) }}, '\p{L}')
            then trim(regexp_replace(
                upper(translate({{ clean_text(cell) }}, '’‘ʼ`', '''''''''')), '[^\p{L}\p{N}'']+', ' ', 'g'
            ))
    end
{%- endmacro %}

{#- A number that identifies in the form used for comparison: without signs and leading zeros. -#}
{% macro bare_number(cell) -%}
    ltrim(regexp_replace(upper({{ cell }}), '[^\p{L}\p{N}]', '', 'g'), '0')
{%- endmacro %}

{#- A person's name in the form used for comparison, without the honorifics at its beginning. -#}
{% macro normalized_name(cell) -%}
    nullif(
        regexp_replace(
            {{ full_name(cell) }},
            (select rules.honorific_pattern from {{ source('raw', 'registry_rules') }} as rules),
            ''
        ),
        ''
    )
{%- endmacro %}
