-- Everybody who has ordered something.
select
    person.id,
    person.name,
    person.student_number,
    organization.name as organization,
    person.city
from db_person as person
left join db_organization as organization on person.organization_id = organization.id
where exists (
    select 1 from commerce_order as orders
    where orders.participant_id = person.id
)
