-- What an organization brought, by unit and fiscal year (by the calendar year in which it ends).
select
    unit.code as unit,
    cast(substr(orders.month_key, 1, 4) as integer)
    + case when :start > 1 and cast(substr(orders.month_key, 6, 2) as integer) >= :start then 1 else 0 end
        as year,
    count(distinct orders.participant_id) as students,
    count(*) as orders,
    sum(orders.total_amount) as revenue
from commerce_order as orders
inner join db_account as account on orders.account_id = account.id
inner join core_unit as unit on orders.unit_id = unit.id
where account.organization_id = :id
group by unit.code, year
order by year desc, revenue desc
