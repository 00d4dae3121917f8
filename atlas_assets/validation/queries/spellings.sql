-- Spellings that were taken for another one, the most frequent first.
select
    kind,
    written,
    taken_as,
    sum(row_count)::bigint as rows
from audit_spellings
where entity_code = $entity and year(month_key) = $year
group by kind, written, taken_as
order by kind asc, sum(row_count) desc, written
