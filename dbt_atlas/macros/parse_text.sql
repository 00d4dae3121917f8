{#- A cell's text, trimmed and with single spaces; null if it is empty or a spreadsheet error. -#}
{% macro clean_text(cell) -%}
    nullif(
        case
            when not {{ is_error(cell) }}
                then trim(regexp_replace({{ cell }}, '[\s\x{00A0}]+', ' ', 'g'))
        end,
        ''
    )
{%- endmacro %}

{#- Whether a cell holds a spreadsheet error such as #REF! -#}
{% macro is_error(cell) -%}
    coalesce(regexp_matches({{ cell }}, '^#(REF!|N/A|DIV/0!|NAME\?|NULL!|NUM!|VALUE!|GETTING_DATA|ERROR!|UNCALCULATED!)'), false)
{%- endmacro %}

{#- A word in the form used for comparison: upper case, with single spaces in place of punctuation. -#}
{% macro normalized_word(cell) -%}
    nullif(trim(regexp_replace(upper(nfc_normalize({{ cell }})), '[^\p{L}\p{N}]+', ' ', 'g')), '')
{%- endmacro %}

{#- A person's or school's name in the form used for comparison, without honorifics. -#}
{% macro normalized_name(cell) -%}
    {%- set wide -%}
        {%- for code in range(65281, 65375) %}{{ '%c' % code }}{% endfor -%}
    {%- endset -%}
    {%- set narrow -%}
        {%- for code in range(33, 127) %}{{ "''" if code == 39 else '%c' % code }}{% endfor -%}
    {%- endset -%}
    nullif(
        regexp_replace(
            trim(regexp_replace(
                upper(nfc_normalize(translate({{ clean_text(cell) }}, '{{ wide }}’‘ʼ`´', '{{ narrow }}'''''''''''))),
                '[^\p{L}\p{N}'']+', ' ', 'g'
            )),
            (select rules.honorific_pattern from {{ source('raw', 'registry_rules') }} as rules),
            ''
        ),
        ''
    )
{%- endmacro %}
