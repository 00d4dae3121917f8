with raw_students as (
    select * from {{ source('raw', 'students') }}
    where {{ not_staged() }}
),

-- Until 2025 registration month and intake share one column: `FEBRUARI/MARET 2025`.
separated as (
    select
        * replace (
            coalesce(registration_month, split_part(registration_month_and_intake, '/', 1)) as registration_month,
            coalesce(intake, split_part(registration_month_and_intake, '/', 2)) as intake
        )
    from raw_students
)

select
    entity_code,
    month_key,
    source_file,
    source_sheet,
    source_row,
    source_hash,
    loaded_at,
    {{ clean_text('unit') }} as unit_text,
    {{ clean_text('registration_month') }} as registration_month_text,
    {{ parse_intake('intake') }} as intake,
    registration_month_and_intake is not null as intake_shares_column,
    {{ clean_text('student_number') }} as student_number,
    {{ clean_text('student_name') }} as student_name,
    {{ full_name('student_name') }} as full_student_name,
    {{ normalized_name('student_name') }} as normalized_student_name,
    {{ clean_text('sex') }} as sex_text,
    {{ clean_text('birth_place') }} as birth_place,
    -- A birth year of two digits lies in the past: 68 is 1968, not 2068.
    case
        when
            not regexp_matches(birth_date, '\d{4}')
            and {{ parse_date('birth_date', first_year=1900) }} > month_key + interval 1 month
            then {{ parse_date('birth_date', first_year=1900) }} - interval 100 year
        else {{ parse_date('birth_date', first_year=1900) }}
    end::date as birth_date,
    {{ clean_text('identity_number') }} as identity_number,
    {{ clean_text('address') }} as address,
    {{ clean_text('city') }} as city,
    {{ clean_text('phone') }} as phone,
    {{ clean_text('email') }} as email,
    {{ clean_text('guardian_name') }} as guardian_name,
    {{ clean_text('guardian_phone') }} as guardian_phone,
    {{ clean_text('organization_name') }} as organization_name,
    {{ folded_name(clean_text('organization_name')) }} as normalized_organization_name,
    {{ clean_text('organization_level') }} as organization_level_text,
    {{ clean_text('grade') }} as grade,
    {{ clean_text('product_name') }} as product_name,
    {{ clean_text('product_category') }} as product_category,
    {{ clean_text('variant_name') }} as variant_name,
    {{ clean_text('channel') }} as channel_text,
    {{ parse_date('registration_date') }} as registration_date,
    {{ clean_text('note') }} as note,
    list_concat(
        {{ unreadable_columns('date', ['birth_date'], first_year=1900) }},
        {{ unreadable_columns('date', ['registration_date']) }}
    ) as unreadable_dates,
    {{ error_columns(source_columns('students')) }} as error_columns,
    not_as_shown
from separated
