{#- The columns of a raw table that can be configured. -#}
{% macro source_columns(table) -%}
    {{ return({
        'transactions': [
            'row_number', 'transaction_date', 'receipt_number', 'student_name', 'unit', 'product_name', 'product_category',
            'variant_name', 'intake', 'organization_name', 'organization_level', 'channel', 'payment_pattern',
            'payment_method', 'amount', 'recorded_by', 'note'
        ],
        'students': [
            'row_number', 'unit', 'registration_month_and_intake', 'registration_month', 'intake', 'student_number', 'student_name',
            'sex', 'birth_place', 'birth_date', 'identity_number', 'address', 'city', 'phone', 'email', 'guardian_name',
            'guardian_phone', 'organization_name', 'organization_level', 'grade', 'product_name', 'product_category',
            'variant_name', 'channel', 'registration_date', 'note'
        ],
        'organizations': ['row_number', 'organization_name', 'organization_level', 'city'],
        'targets': [
            'row_number', 'unit', 'product_name', 'target_students', 'target_revenue', 'reported_students', 'reported_revenue'
        ],
        'marketing_activity': [
            'row_number', 'week', 'unit', 'channel', 'title', 'activity_date', 'target_leads', 'leads', 'follow_ups', 'closings',
            'note'
        ],
    }[table]) }}
{%- endmacro %}
