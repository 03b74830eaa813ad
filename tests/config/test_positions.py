from __future__ import annotations

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.config.positions import positions

TEXT = """\
# a comment with a [table] in it
a = 1  # and = here
"quoted key" = "x # no comment"

[b.c]
list = [
  "one",   # with ] in a comment
  'two',
  { inner = "three" },
]
text = \"\"\"
[no.table]
no = "key"
\"\"\"
dotted.key = 2026-12-24

[[many]]
x = 1
[[many]]
x = 2
[many.below]
y = 3
"""


def test_every_key_is_on_its_line():
    found = positions(TEXT)

    assert {path: found[path] for path in found if len(path) == 1} == {
        ("a",): 2, ("quoted key",): 3, ("b",): 5, ("many",): 17,
    }  # fmt: skip
    assert found["b", "c", "list"] == 6
    assert [found["b", "c", "list", place] for place in range(3)] == [7, 8, 9]
    assert found["b", "c", "list", 2, "inner"] == 9
    assert found["b", "c", "text"] == 11
    assert found["b", "c", "dotted", "key"] == 15
    assert (found["many", 0, "x"], found["many", 1, "x"], found["many", 1, "below", "y"]) == (18, 20, 22)


def test_what_stands_inside_a_text_is_no_key():
    assert not any("no" in path for path in positions(TEXT))


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = [[1, 2], [3]]\nb = 1\n", ("b",), 2),
        ("a = '''\n]\n'''\nb = 1", ("b",), 4),
        ('a = """x""\\""""\nb = 1', ("b",), 2),
        ("a = {}\n[ b . c ]\nd = {e = {f = [1,\n2]}}\n", ("b", "c", "d", "e", "f", 1), 4),
        ("\n\n[t]", ("t",), 3),
    ],
)
def test_odd_but_valid_texts_are_walked(text, path, line):
    tomllib.loads(text)

    assert positions(text)[path] == line


@given(
    st.recursive(
        st.integers() | st.text("ab#[]{}=,.'", max_size=6), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_any_value_is_passed_over_and_the_next_key_found(value):
    def write(part):
        return (
            f"[{','.join(map(write, part))}]"
            if isinstance(part, list)
            else repr(part).replace("'", '"')
            if isinstance(part, int)
            else '"' + part + '"'
        )

    text = f"first = {write(value)}\nsecond = 1\n"
    tomllib.loads(text)

    assert positions(text)["second",] == 2


def test_a_long_file_is_walked_once():
    text = "".join(f"key{number} = [1, 2, 3]\n" for number in range(20_000))

    began = time.process_time()
    found = positions(text)

    assert time.process_time() - began < 5
    assert found["key19999",] == 20_000


@given(st.text(alphabet="ab=.\"'[]{},# \n1\\", max_size=40))
def test_whatever_the_standard_reader_takes_is_walked_to_its_end(text):
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    assert {path[0] for path in positions(text)} == set(data)
