with targets as (
    select * from {{ ref('stg_targets') }}
)

select
    targets.*,
    {{ unit_of('targets.entity_code', 'targets.unit_text', 'targets.product_name') }} as unit_code
from targets
