-- The parents and guardians of a student.
select
    relative.id,
    relative.name,
    relative.phone,
    kind.name as kind
from db_relation as relation
inner join db_relation_type as kind on relation.type_id = kind.id
inner join db_person as relative on relation.from_person_id = relative.id
where relation.to_person_id = :id
order by kind.name, relative.name
