-- An order with the names of what it refers to.
select
    orders.participant_id,
    orders.ordered_on,
    orders.total_amount,
    unit.name as unit,
    item.name as program,
    variant.name as variant,
    status.code as status,
    customer_type.code as customer_type,
    intake.label as intake,
    channel.name as channel,
    person.name as student,
    organization.name as organization
from commerce_order as orders
inner join core_unit as unit on orders.unit_id = unit.id
inner join catalog_item as item on orders.item_id = item.id
inner join commerce_order_status as status on orders.status_id = status.id
inner join db_account as account on orders.account_id = account.id
left join catalog_item_variant as variant on orders.variant_id = variant.id
left join commerce_customer_type as customer_type on orders.customer_type_id = customer_type.id
left join commerce_intake as intake on orders.intake_id = intake.id
left join marketing_channel as channel on orders.channel_id = channel.id
left join db_person as person on orders.participant_id = person.id
left join db_organization as organization on account.organization_id = organization.id
where orders.id = :id
