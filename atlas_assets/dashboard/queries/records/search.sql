-- Students, organizations and receipts whose name or number has the wanted text in it.
with students as (
    select
        'students' as kind,
        person.id,
        person.name,
        organization.name as detail
    from db_person as person
    left join db_organization as organization on person.organization_id = organization.id
    where
        person.normalized_name like :wanted escape '!'
        and exists (
            select 1 from commerce_order as orders
            where orders.participant_id = person.id
        )
    order by person.name
    limit :most
),

organizations as (
    select
        'organizations' as kind,
        id,
        name,
        city as detail
    from db_organization
    where normalized_name like :wanted escape '!'
    order by name
    limit :most
),

orders as (
    select
        'orders' as kind,
        receipt.order_id as id,
        receipt.receipt_number as name,
        person.name as detail
    from finance_transaction as receipt
    inner join commerce_order as ordered on receipt.order_id = ordered.id
    left join db_person as person on ordered.participant_id = person.id
    where receipt.receipt_number like :wanted escape '!' or ordered.id = :exact
    order by receipt.receipt_number
    limit :most
)

select
    kind,
    id,
    name,
    detail
from students
union all
select
    kind,
    id,
    name,
    detail
from organizations
union all
select
    kind,
    id,
    name,
    detail
from orders
