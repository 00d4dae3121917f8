{%- set evidence = ['student_number', 'birth_date', 'identity_number'] -%}

with mentions as (
    select
        entity_code,
        full_student_name,
        normalized_student_name,
        normalized_organization_name,
        null as student_number,
        null as birth_date,
        null as identity_number
    from {{ ref('stg_transactions') }}
    union all
    select
        entity_code,
        full_student_name,
        normalized_student_name,
        normalized_organization_name,
        student_number,
        birth_date,
        identity_number
    from {{ ref('stg_students') }}
),

known as (
    select
        entity_code,
        full_student_name,
        normalized_student_name,
    {%- for column in ['normalized_organization_name'] + evidence %}
        coalesce(list(distinct {{ column }}) filter ({{ column }} is not null), []) as {{ column }}s
        {{- ',' if not loop.last }}
    {%- endfor %}
    from mentions
    where normalized_student_name is not null
    group by all
)

-- `An Nisa` is Nisa with a title, unless what is known of the two shows that they are two students.
select
    titled.entity_code,
    titled.full_student_name
from known as titled
inner join known as bare
    on
        titled.entity_code = bare.entity_code
        and titled.normalized_student_name = bare.full_student_name
        and titled.full_student_name != bare.full_student_name
where
    {%- for column in evidence %}
        not list_has_any(titled.{{ column }}s, bare.{{ column }}s) and
    {%- endfor %}
    (
        {%- for column in ['normalized_organization_name'] + evidence %}
            (
                len(titled.{{ column }}s) > 0 and len(bare.{{ column }}s) > 0
                and not list_has_any(titled.{{ column }}s, bare.{{ column }}s)
            )
            {{- ' or' if not loop.last }}
        {%- endfor %}
    )
