-- The reconciliations of a year's built months: how many pairs were compared, and those that differ.
select
    check_name as "check",
    unit,
    is_blocking,
    count(*) as compared,
    coalesce(
        list(
            {
                'month': strftime(month_key, '%Y-%m'),
                'place': place,
                'expected': expected,
                'actual': actual,
                'difference': difference
            }
            order by month_key, place
        ) filter (not is_reconciled),
        []
    ) as differences
from reconciliation
where entity_code = $entity and year(month_key) = $year
group by all
order by all
