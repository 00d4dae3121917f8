import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas_assets.periods.calendar import Month, month_range
from atlas_assets.periods.scope import Partition, Scope

JANUARY = Month(2026, 1)


@given(
    st.sets(st.sampled_from(["EPN", "IONS", "NEW"]), min_size=1),
    st.integers(0, 30),
)
def test_a_scope_reads_its_own_keys_in_any_order(entities: set[str], length: int) -> None:
    months = month_range(JANUARY, JANUARY.plus(length))
    keys = {Partition(entity, month).key for entity in entities for month in months}
    scope = Scope.of_keys(keys)
    assert {partition.key for partition in scope.partitions} == keys


@pytest.mark.parametrize("keys", [[], ["EPN|2026-01", "IONS|2026-02"]])
def test_keys_that_are_not_every_combination_are_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="not every combination"):
        Scope.of_keys(keys)
