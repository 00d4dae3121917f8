-- Every reconciliation of the period's months: how many pairs of figures it compares, and how many differ.
select
    check_name as name,
    unit,
    sum(expected) as expected,
    sum(actual) as actual,
    count(*) as figures,
    count(*) filter (not is_reconciled) as differing,
    bool_or(is_blocking) as is_blocking
from marts.reconciliation
where entity_code = $entity and month_key between $first::date and $last::date
group by all
order by all
