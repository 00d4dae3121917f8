-- All organizations.
select
    organization.id,
    organization.name,
    level.name as level,
    organization.city
from db_organization as organization
left join db_organization_level as level on organization.level_id = level.id
