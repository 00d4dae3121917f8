-- Orders with their student and organization; a condition and an order follow.
select
    orders.id,
    unit.code as unit,
    item.name as program,
    orders.ordered_on,
    status.code as status,
    customer_type.code as customer_type,
    person.name as student,
    organization.name as organization,
    orders.total_amount
from commerce_order as orders
inner join core_unit as unit on orders.unit_id = unit.id
inner join catalog_item as item on orders.item_id = item.id
inner join commerce_order_status as status on orders.status_id = status.id
inner join db_account as account on orders.account_id = account.id
left join db_person as person on orders.participant_id = person.id
left join db_organization as organization on account.organization_id = organization.id
left join commerce_customer_type as customer_type on orders.customer_type_id = customer_type.id
