{#- Creates views of the raw Parquet files, so that they can be queried along with everything else. -#}
{% macro create_raw_views() %}
    create schema if not exists atlas.raw;
    {%- for source in (graph.sources if execute else {}).values() if source.schema == 'raw' %}
    create or replace view atlas.raw.{{ source.identifier }} as
    select * from read_parquet('{{ env_var("ATLAS_RAW_DIR") | replace("'", "''") }}/{{ source.identifier }}/**/*.parquet', union_by_name = true);
    {%- endfor %}
{% endmacro %}
