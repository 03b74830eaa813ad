from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.tickets.memo import CLOSED, add_mark, cut, join_memo, keys_in, marks_in, version_in, words_in

KEY, VERSION = "hskd-" + "a" * 20, "hsv-" + "b" * 20


def mark(number, kind="s"):
    return f"hsm{kind}-{number:020x}"


def test_words_are_found_in_any_text_around_them():
    text = f"Dear all,<br>*{KEY}* [{VERSION}] _{mark(1)}_ {KEY}x hskd-12"
    assert (keys_in(text), version_in(text), marks_in(text)) == ({KEY}, VERSION, {mark(1)})
    assert (keys_in(""), version_in(""), marks_in("")) == (frozenset(), "", frozenset())


def test_the_last_version_counts():
    assert version_in(f"{VERSION} hsv-{'c' * 20}") == "hsv-" + "c" * 20


def test_a_mark_is_added_once_and_takes_the_place_of_others():
    memo = join_memo([KEY, KEY], VERSION, [mark(1), mark(2, CLOSED)])
    assert memo == f"{KEY} {VERSION} {mark(1)} {mark(2, 'c')}"
    assert add_mark(memo, mark(3), CLOSED) == f"{KEY} {VERSION} {mark(1)} {mark(3)}"
    assert add_mark(memo, mark(1)) == f"{KEY} {VERSION} {mark(2, 'c')} {mark(1)}"


def test_a_memo_does_not_grow_for_ever_and_keeps_its_keys():
    memo = join_memo([KEY], VERSION, [])
    for number in range(200):
        memo = add_mark(memo, mark(number))
    assert (keys_in(memo), version_in(memo)) == ({KEY}, VERSION)
    assert marks_in(memo) == {mark(number) for number in range(160, 200)}


@given(st.text(max_size=300))
def test_no_text_breaks_it(text):
    assert keys_in(text) == keys_in(f"{text} ")
    assert marks_in(add_mark(text, mark(7))) >= {mark(7)}


def test_our_words_are_told_from_others():
    words = ["hskd-" + "1" * 20, "hsv-" + "2" * 20, "hsmr-" + "3" * 20]
    assert words_in(f"see {words[0]}, {' '.join(words)} hskd-1 {words[1]}") == words


def test_a_text_is_cut_by_lines_and_keeps_its_last():
    text = "a line\n" * 20 + f"\n{KEY}\n"
    assert cut(text, 200) == text
    shown = cut(text, 60)
    assert shown == f"a line\na line\na line\na line\n…\n\n{KEY}\n"
    assert len(shown) <= 60
