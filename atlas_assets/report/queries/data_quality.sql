-- What became of the rows of the period's transaction sheets, and what it is worth.
select
    case
        when invalid_reason is null then 'valid'
        when invalid_reason = 'duplicate' then 'duplicate'
        else 'flagged'
    end as outcome,
    invalid_reason,
    count(*) as row_count,
    coalesce(sum(amount) filter (invalid_reason = 'unit_unknown'), 0) as unassigned_revenue
from intermediate.int_orders
where entity_code = $entity and month_key between $first::date and $last::date
group by all
order by all
