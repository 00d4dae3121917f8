-- How often each reason occurs in some months, what counts against a row first.
select
    reason,
    severity,
    count(*) as findings
from audit_flagged_rows
where entity_code = $entity and month_key between $first and $last
group by reason, severity
order by severity = 'warning', count(*) desc, reason
