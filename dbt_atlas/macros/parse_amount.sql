{#- An amount from a cell; null if it cannot be read, or in more than one way: `1.500,000`.

    An optional sign (before or after the currency, or parentheses around all of it), an optional currency before or
    after the rest, digits with marks, and an optional `,-`, which says that there are no cents. Groups of three digits
    mean thousands; one or two digits after the last mark are decimals, and so are four and more. -#}
{% macro parse_amount(cell) -%}
    {%- set thousands = "[0-9]{1,3}(?:(?:[.][0-9]{3})+|(?:,[0-9]{3})+|(?: [0-9]{3})+|(?:''[0-9]{3})+)" -%}
    {%- set whole = "(?:[0-9]+|" ~ thousands ~ ")(?: ?[.,] ?-| ?, ?--)?" -%}
    {%- set decimal = "[0-9]+[.,](?:[0-9]{1,2}|[0-9]{4,})" -%}
    {%- set both -%}
        [0-9]{1,3}(?:(?:[.][0-9]{3})+,|(?:,[0-9]{3})+\.|(?:(?: [0-9]{3})+|(?:''[0-9]{3})+)[.,])[0-9]{1,2}
    {%- endset -%}
    {%- set number = "(?:" ~ whole ~ "|" ~ decimal ~ "|" ~ both ~ ")" -%}
    {%- set currency = "(?:" ~ var("currency_pattern") ~ ")[.]?" -%}
    {%- set before = "(?:" ~ currency ~ " ?)?" -%}
    {%- set after = " ?" ~ currency -%}
    {%- set signed -%}
        (?:[-−] ?{{ before }}|{{ before }}(?:[-−] ?)?){{ number }}|(?:[-−] ?)?{{ number }}{{ after }}
    {%- endset -%}
    {%- set in_parentheses = "[(] ?(?:" ~ before ~ number ~ "|" ~ number ~ after ~ ") ?[)]" -%}
    {%- set is_amount -%}
        regexp_matches({{ cell }}, '^(?i:{{ signed }}|{{ in_parentheses }})$')
    {%- endset -%}
    {%- set decimals -%}
        regexp_extract({{ cell }}, '(?i)[0-9][.,]([0-9]{1,2}|[0-9]{4,})(?:{{ after }})?[ )]*$', 1)
    {%- endset -%}
    {%- set digits -%}
        regexp_replace({{ cell }}, '[^0-9]', '', 'g')
    {%- endset -%}
    case
        when {{ is_amount }}
            then try_cast(
                case when regexp_matches({{ cell }}, '^[^0-9]*[-−(]') then '-' else '' end
                || left({{ digits }}, length({{ digits }}) - length({{ decimals }})) || '.' || {{ decimals }}
                as decimal(18, 2)
            )
    end
{%- endmacro %}

{#- A count from a cell; null if it is not a whole number. -#}
{% macro parse_count(cell) -%}
    try_cast(regexp_extract({{ parse_amount(cell) }}::varchar, '^(-?\d+)\.00$', 1) as integer)
{%- endmacro %}
