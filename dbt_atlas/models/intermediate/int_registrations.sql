{%- set identifies = {
    'student_number': bare_number('student_number'),
    'birth_date': 'birth_date::varchar',
    'identity_number': bare_number('identity_number'),
} -%}

with lines as (
    select * from {{ ref('stg_students') }}
),

titled as (
    select * from {{ ref('int_titled_names') }}
),

manifest as (
    select * from {{ source('raw', 'sheet_manifest') }}
    where table_name = 'students'
),

named as (
    select
        lines.* exclude (full_student_name, normalized_student_name),  -- noqa: RF02
        coalesce(titled.full_student_name, lines.normalized_student_name) as normalized_student_name,
        titled.full_student_name is not null as keeps_title,
        {{ row_place('manifest', 'lines') }} as place
    from lines
    left join titled
        on lines.entity_code = titled.entity_code and lines.full_student_name = titled.full_student_name
    left join manifest on lines.entity_code = manifest.entity_code and lines.month_key = manifest.month_key
),

keyed as (
    select
        *,
        case
            when normalized_student_name is not null then entity_code || '|' || normalized_student_name
        end as student_key,
        (month_key, source_file, source_sheet, source_row) as position
    from named
),

-- The earliest registration under the same name that must be another student's, or has a slip.
contradicted as (
    select
        later.position,
        arg_min(
            concat_ws(', ', earlier.student_number, earlier.birth_date, earlier.identity_number)
            || ' (' || earlier.place || ')',
            earlier.position
        ) as earlier_record
    from keyed as later
    inner join keyed as earlier on later.student_key = earlier.student_key and later.position > earlier.position
    where
    {%- for column, form in identifies.items() %}
            coalesce(
                {{ form | replace(column, 'later.' ~ column) }} != {{ form | replace(column, 'earlier.' ~ column) }},
                false
            )
            {{- ' or' if not loop.last }}
    {%- endfor %}
    group by later.position
)

select
    keyed.* exclude (position, place),  -- noqa: RF02
    concat_ws(', ', keyed.student_number, keyed.birth_date, keyed.identity_number)
    || ' <> ' || contradicted.earlier_record as contradicts
from keyed
left join contradicted on keyed.position = contradicted.position
