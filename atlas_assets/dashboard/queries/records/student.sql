-- What is known of a student.
select
    person.name,
    person.student_number,
    person.organization_id,
    person.city,
    person.birth_place,
    person.birth_date,
    person.phone,
    person.email,
    person.identity_number,
    person.address,
    sex.name as sex,
    organization.name as organization
from db_person as person
left join db_sex as sex on person.sex_id = sex.id
left join db_organization as organization on person.organization_id = organization.id
where person.id = :id
