-- People of an entity who may be one and the same, the most similar first.
select
    normalized_name,
    other_normalized_name,
    shares,
    similarity::decimal(5, 1) as similarity
from intermediate.audit_probable_duplicates
where entity_code = $entity
order by similarity desc, normalized_name asc, other_normalized_name asc
