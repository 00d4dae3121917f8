{%- set looked_up = {
    'unit': ('unit_text', 'unit_code'),
    'channel': ('channel_text', 'known_channel_name'),
    'level': ('organization_level_text', 'organization_level'),
    'payment_pattern': ('payment_pattern_text', 'payment_pattern'),
    'payment_method': ('payment_method_text', 'payment_method'),
} -%}

with orders as (
    select * from {{ ref('int_orders') }}
),

words as (
    select * from {{ ref('stg_registry_words') }}
),

rules as (
    select * from {{ source('raw', 'registry_program_units') }}
),

readings as (
    select
        entity_code,
        month_key,
        'program' as kind,
        product_text as written,
        product_name as taken_as
    from orders
    where product_key is not null
    union all
    select
        entity_code,
        month_key,
        'school' as kind,
        organization_text as written,
        organization_name as taken_as
    from orders
    where normalized_organization_name is not null
    {%- for kind, (text, code) in looked_up.items() %}
        union all
        select
            entity_code,
            month_key,
            '{{ kind }}' as kind,
            {{ text }} as written,
            {{ code }} as taken_as
        from orders
        where
            {{ code }} is not null
            and {{ folded_name(text) }} not in (
                select words.written from words
                where words.kind = '{{ kind }}'
            )
            {%- if kind == 'unit' %}
                and {{ loose_word(text) }} not in (select {{ loose_word('rules.written') }} from rules)
            {%- endif %}
    {%- endfor %}
)

select
    entity_code,
    month_key,
    kind,
    written,
    taken_as,
    count(*) as row_count
from readings
where written != taken_as
group by all
