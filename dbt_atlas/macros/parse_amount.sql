{#- Rupiah from a cell; null if it cannot be read.
    If both separators occur, the last one is the decimal mark. If only one kind occurs, it is a thousands mark
    where three digits follow each time, otherwise a decimal mark. -#}
{% macro parse_amount(cell) -%}
    {%- set solid -%}
        regexp_replace(translate(upper({{ cell }}), '−', '-'), '[\s\x{00A0}]', '', 'g')
    {%- endset -%}
    {%- set bare -%}
        regexp_replace({{ solid }}, '^([-+(]*)(RP|IDR)\.?|,-$', '\1', 'g')
    {%- endset -%}
    {%- set text -%}
        regexp_replace({{ bare }}, '^\((.*)\)$', '-\1')
    {%- endset -%}
    try_cast(
        case
            when regexp_matches({{ text }}, '^[-+]?\d+(,\d{3})+\.\d+$')
                then replace({{ text }}, ',', '')
            when regexp_matches({{ text }}, '^[-+]?\d+(\.\d{3})+,\d+$')
                then replace(replace({{ text }}, '.', ''), ',', '.')
            when regexp_matches({{ text }}, '^[-+]?\d+(\.\d{3})+$')
                then replace({{ text }}, '.', '')
            when regexp_matches({{ text }}, '^[-+]?\d+(,\d{3})+$')
                then replace({{ text }}, ',', '')
            when regexp_matches({{ text }}, '^[-+]?\d+([.,]\d+)?$')
                then replace({{ text }}, ',', '.')
        end as decimal(18, 2)
    )
{%- endmacro %}

{#- A count from a cell; null if it is not a whole number. -#}
{% macro parse_count(cell) -%}
    try_cast(regexp_extract({{ parse_amount(cell) }}::varchar, '^(-?\d+)\.00$', 1) as integer)
{%- endmacro %}
