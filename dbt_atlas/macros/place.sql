{#- What people call the table, a row or a cell that something is from, in the words of its source: `IONS.xlsx, sheet FEB, row 8`.
    `manifest` is the name of a relation with the forms of `raw.sheet_manifest`, `row` that of one with provenance. -#}
{% macro table_place(manifest, row) -%}
    format({{ manifest }}.table_form, {{ row }}.source_file, {{ row }}.source_sheet)
{%- endmacro %}

{% macro row_place(manifest, row) -%}
    format(
        {{ manifest }}.table_form || ', ' || {{ manifest }}.row_form,
        {{ row }}.source_file, {{ row }}.source_sheet, {{ row }}.source_row
    )
{%- endmacro %}

{#- The cell alone, such as `D8`; null if no column of the source has the value. -#}
{% macro cell_place(manifest, row, column) -%}
    case
        when {{ column }} is not null then format({{ manifest }}.cell_form, '', '', {{ row }}, {{ column }})
    end
{%- endmacro %}
