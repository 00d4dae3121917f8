from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.utility import xl_col_to_name

from atlas_assets.configuration.column_letters import column_letters, column_position, split_place


@given(st.integers(0, 20_000))
def test_letters_and_positions_are_those_of_spreadsheets(position: int) -> None:
    assert column_letters(position) == xl_col_to_name(position)
    assert column_position(column_letters(position)) == position
    assert split_place(f"{column_letters(position)}{position + 1}") == (
        column_letters(position),
        position + 1,
    )
