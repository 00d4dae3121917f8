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

-- A guardian who is also a student is one person, with the data of the student.
select
    entity_code,
    normalized_name,
    coalesce(students.student_name, guardians.person_name) as person_name,
    students.student_number,
    students.sex_code,
    students.birth_place,
    students.birth_date,
    students.identity_number,
    case when students.student_key is null then guardians.phone else students.phone end as phone,
    students.email,
    students.address,
    students.city,
    students.latest_organization
from students
full outer join guardians using (entity_code, normalized_name)
