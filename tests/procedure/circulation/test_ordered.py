"""A list that stays in order, whatever is put, put again and taken out, one by one or many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from procedure.circulation.ordered import Ordered

# A key and what else a thing holds.
things = st.tuples(st.integers(0, 30), st.text(max_size=1))
acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), things),
        st.tuples(st.just("put_all"), st.lists(things, max_size=12)),
        st.tuples(st.just("take"), st.integers(0, 30)),
    ),
    max_size=40,
)


@given(acts)
def test_it_holds_what_a_sorted_dictionary_holds(done: list[tuple[str, object]]) -> None:
    ordered = Ordered[tuple[int, str]](lambda one: one[0])
    plain: dict[int, tuple[int, str]] = {}
    for act, told in done:
        getattr(ordered, act)(told)
        if act == "take":
            plain.pop(told, None)
        else:
            plain.update({one[0]: one for one in ([told] if act == "put" else told)})
        assert list(ordered) == [plain[key] for key in sorted(plain)]
        assert (len(ordered), list(ordered.things)) == (len(plain), list(ordered))
