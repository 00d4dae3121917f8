{#- Rupiah from a cell; null where it cannot be read.
    With both separators the last one is the decimal mark. One kind followed by groups of three digits
    throughout is a thousands mark; otherwise it is a decimal mark. -#}
{% macro parse_amount(cell) -%}
    {%- set text -%}
        regexp_replace(
            regexp_replace(upper({{ cell }}), '^[\s\x{00A0}]*(RP|IDR)\.?|,-[\s\x{00A0}]*$|[\s\x{00A0}]', '', 'g'),
            '^\((.*)\)$', '-\1'
        )
    {%- endset -%}
    try_cast(
        case
            when regexp_matches({{ text }}, '^[-+]?\d{1,3}(,\d{3})*\.\d+$') and contains({{ text }}, ',')
                then replace({{ text }}, ',', '')
            when regexp_matches({{ text }}, '^[-+]?\d{1,3}(\.\d{3})*,\d+$') and contains({{ text }}, '.')
                then replace(replace({{ text }}, '.', ''), ',', '.')
            when regexp_matches({{ text }}, '^[-+]?\d{1,3}(\.\d{3})+$')
                then replace({{ text }}, '.', '')
            when regexp_matches({{ text }}, '^[-+]?\d{1,3}(,\d{3})+$')
                then replace({{ text }}, ',', '')
            when regexp_matches({{ text }}, '^[-+]?\d+([.,]\d+)?$')
                then replace({{ text }}, ',', '.')
        end as decimal(18, 2)
    )
{%- endmacro %}
