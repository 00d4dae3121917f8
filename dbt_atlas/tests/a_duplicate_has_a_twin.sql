{{ config(meta={'dagster': {'ref': {'name': 'int_orders'}}}) }}

-- A row is only set aside if another with its receipt number and amount is kept, so that no money is lost.
select
    duplicates.entity_code,
    duplicates.receipt_number,
    duplicates.source_row
from {{ ref('int_orders') }} as duplicates
left join {{ ref('int_orders') }} as kept
    on
        duplicates.entity_code = kept.entity_code
        and duplicates.receipt_number = kept.receipt_number
        and duplicates.amount is not distinct from kept.amount
        and kept.invalid_reason is distinct from 'duplicate'
where duplicates.invalid_reason = 'duplicate' and kept.source_row is null and {{ of_entities('duplicates') }}
