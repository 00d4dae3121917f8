with students as (
    select * from {{ ref('int_students') }}
),

guardians as (
    select
        entity_code,
        normalized_guardian_name as normalized_name,
        arg_min(guardian_name, student_key) as person_name,
        arg_min(guardian_phone, student_key) filter (guardian_phone is not null) as phone
    from students
    where normalized_guardian_name is not null
    group by all
)

-- A guardian who is a student too is one person: what is known of the student stands.
select
    entity_code,
    normalized_name,
    student_name as person_name,
    student_number,
    sex_code,
    birth_place,
    birth_date,
    identity_number,
    phone,
    email,
    address,
    city,
    latest_organization
from students
union all by name
select guardians.*
from guardians
anti join students using (entity_code, normalized_name)
