{#- The number of the month that a word names according to the registry; null for any other word. -#}
{% macro month_number(word) -%}
    (
        select month_words.code::integer
        from {{ ref('stg_registry_words') }} as month_words
        where month_words.kind = 'month' and month_words.written = upper({{ word }})
    )
{%- endmacro %}

{#- A date from ISO text, day-first text, `12 Februari 2026`, or a spreadsheet serial number. -#}
{% macro parse_date(cell) -%}
    {%- set text = "trim(" ~ cell ~ ")" -%}
    {%- set spelled = "'^(\d{1,2})[ -]+(\p{L}+)[ -]+(\d{4}|\d{2})$'" -%}
    {%- set year -%}
        (case when length(regexp_extract({{ text }}, {{ spelled }}, 3)) = 2 then '20' else '' end
        || regexp_extract({{ text }}, {{ spelled }}, 3))
    {%- endset -%}
    case
        when regexp_matches({{ text }}, '^\d{4}-\d{2}-\d{2}([ T].*)?$')
            then try_cast(left({{ text }}, 10) as date)
        when regexp_matches({{ text }}, '^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}$')
            then try_strptime(translate({{ text }}, '.-', '//'), '%d/%m/%Y')::date
        when regexp_matches({{ text }}, '^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$')
            then try_strptime(translate({{ text }}, '.-', '//'), '%d/%m/%y')::date
        when regexp_matches({{ text }}, '^\d{5}(\.\d+)?$')
            then date '1899-12-30' + floor(try_cast({{ text }} as double))::integer
        when regexp_matches({{ text }}, {{ spelled }})
            then try_cast(
                {{ year }} || '-' || lpad({{ month_number("regexp_extract(" ~ text ~ ", " ~ spelled ~ ", 2)") }}::varchar, 2, '0')
                || '-' || lpad(regexp_extract({{ text }}, {{ spelled }}, 1), 2, '0') as date
            )
    end
{%- endmacro %}

{#- The first day of the intake's month, from `FEBRUARI 2026`, `FEB-26` or a date. -#}
{% macro parse_intake(cell) -%}
    {%- set text = "trim(" ~ cell ~ ")" -%}
    {%- set spelled = "'^(\p{L}+)[ /.-]*(\d{4}|\d{2})$'" -%}
    case
        when regexp_matches({{ text }}, {{ spelled }})
            then try_cast(
                case when length(regexp_extract({{ text }}, {{ spelled }}, 2)) = 2 then '20' else '' end
                || regexp_extract({{ text }}, {{ spelled }}, 2) || '-'
                || lpad({{ month_number("regexp_extract(" ~ text ~ ", " ~ spelled ~ ", 1)") }}::varchar, 2, '0') || '-01' as date
            )
        when regexp_matches({{ text }}, '^\d{4}-\d{2}-\d{2}([ T].*)?$')
            then try_cast(left({{ text }}, 7) || '-01' as date)
    end
{%- endmacro %}
