{{ config(materialized='table') }}

with words as (
    select * from {{ source('raw', 'registry_words') }}
)

select distinct
    kind,
    entity_code,
    {{ folded_name('written') }} as written,
    {{ loose_word('written') }} as loose_form,
    code
from words
