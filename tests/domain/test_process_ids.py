"""Ids that a printer says back."""

from countertui.domain.process_ids import process_id


def test_ids_ascend_and_are_all_different() -> None:
    ids = [process_id(number) for number in (*range(10_000), 95**4 - 1)]
    assert ids == sorted(set(ids))
    assert all(len(one) == 4 and all(" " <= letter <= "~" for letter in one) for one in ids)
    assert process_id(95**4) == process_id(0), "they begin again after 81 million"
