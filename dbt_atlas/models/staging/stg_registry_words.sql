with words as (
    select * from {{ source('raw', 'registry_words') }}
)

select distinct
    kind,
    entity_code,
    {{ normalized_word('written') }} as written,
    code
from words
