{#- The number of the month that a word names according to the registry; null for any other word. -#}
{% macro month_number(word) -%}
    (
        select month_words.code::integer
        from {{ ref('stg_registry_words') }} as month_words
        where month_words.kind = 'month' and month_words.written = upper({{ word }})
    )
{%- endmacro %}

{#- A date from ISO text, day-first text, `12 Februari 2026` with or without the day of the week, `February 12, 2026`, or a spreadsheet
    serial number; null before `first_year` and after 2100. -#}
{% macro parse_date(cell, first_year=2000) -%}
    {%- set spelled = "'^(?:([\p{L}'']+),? )?(\d{1,2})[ -]+(\p{L}+)[ -]+(\d{4}|\d{2})$'" -%}
    {%- set year -%}
        (case when length(regexp_extract({{ cell }}, {{ spelled }}, 4)) = 2 then '20' else '' end
        || regexp_extract({{ cell }}, {{ spelled }}, 4))
    {%- endset -%}
    {%- set month_first = "'^(\p{L}+) (\d{1,2}),? (\d{4})$'" -%}
    {%- set weekday -%}
        upper(replace(regexp_extract({{ cell }}, {{ spelled }}, 1), '''', ''))
    {%- endset -%}
    list_filter(
        [case
            when regexp_matches({{ cell }}, '^\d{4}-\d{2}-\d{2}([ T].*)?$')
                then try_cast(left({{ cell }}, 10) as date)
            when regexp_matches({{ cell }}, '^\d{1,2}[/.-]\d{1,2}[/.-]\d{4}$')
                then try_strptime(translate({{ cell }}, '.-', '//'), '%d/%m/%Y')::date
            when regexp_matches({{ cell }}, '^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$')
                then try_strptime(translate({{ cell }}, '.-', '//'), '%d/%m/%y')::date
            when regexp_matches({{ cell }}, '^\d{5}(\.\d+)?$')
                then date '1899-12-30' + floor(try_cast({{ cell }} as double))::integer
            when
                regexp_matches({{ cell }}, {{ spelled }})
                and {{ weekday }} in ('', '{{ var("weekdays") | join("', '") }}')
                then try_cast(
                    {{ year }} || '-'
                    || lpad({{ month_number("regexp_extract(" ~ cell ~ ", " ~ spelled ~ ", 3)") }}::varchar, 2, '0')
                    || '-' || lpad(regexp_extract({{ cell }}, {{ spelled }}, 2), 2, '0') as date
                )
            when regexp_matches({{ cell }}, {{ month_first }})
                then try_cast(
                    regexp_extract({{ cell }}, {{ month_first }}, 3) || '-'
                    || lpad({{ month_number("regexp_extract(" ~ cell ~ ", " ~ month_first ~ ", 1)") }}::varchar, 2, '0')
                    || '-' || lpad(regexp_extract({{ cell }}, {{ month_first }}, 2), 2, '0') as date
                )
        end],
        lambda day: year(day) between {{ first_year }} and 2100
    )[1]
{%- endmacro %}

{#- The first day of the intake's month, from `FEBRUARI 2026`, `FEB-26` or any date. -#}
{% macro parse_intake(cell) -%}
    {%- set spelled = "'^(\p{L}+)[ /.-]*(\d{4}|\d{2})$'" -%}
    case
        when regexp_matches({{ cell }}, {{ spelled }})
            then try_cast(
                case when length(regexp_extract({{ cell }}, {{ spelled }}, 2)) = 2 then '20' else '' end
                || regexp_extract({{ cell }}, {{ spelled }}, 2) || '-'
                || lpad({{ month_number("regexp_extract(" ~ cell ~ ", " ~ spelled ~ ", 1)") }}::varchar, 2, '0') || '-01' as date
            )
        else date_trunc('month', {{ parse_date(cell) }})::date
    end
{%- endmacro %}
