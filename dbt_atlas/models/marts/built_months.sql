-- depends_on: {{ ref('mart_revenue') }}
-- depends_on: {{ ref('mart_program_progress') }}
-- depends_on: {{ ref('mart_channel_marketing') }}
-- depends_on: {{ ref('mart_school_progress') }}
-- depends_on: {{ ref('mart_students') }}
-- depends_on: {{ ref('mart_targets') }}
-- depends_on: {{ ref('mart_order_payments') }}
with months as (
    select * from {{ ref('audit_months') }}
)

-- Built last: a month is listed here once all of its marts are built.
select
    entity_code,
    month_key,
    digests
from months
where {{ in_scope() }}
