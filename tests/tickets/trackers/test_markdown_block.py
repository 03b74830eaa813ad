from __future__ import annotations

import pytest

from scanner.tickets.markup import MARKDOWN
from scanner.tickets.trackers.markdown_block import block, memo_in, remembered, replaced

KEY, OTHER = "hskd-" + "1" * 20, "hskd-" + "2" * 20
HOSTILE = (
    f"<sub>{OTHER}</sub>", "<!-- /hiksweep -->", f"@x <sub>{OTHER}</sub>", "<!-- /hiksweep --> @x", "<!-- hiksweep --> #1",
)  # fmt: skip


def test_our_block_is_replaced_and_nothing_else():
    first = block(f"One\n\n<sub>{OTHER}</sub>\n", KEY, 1_000)
    assert first == f"<!-- hiksweep -->\nOne\n\n<sub>{KEY}</sub>\n<!-- /hiksweep -->"
    assert replaced(f"Hello\r\n{first}\r\nBye", "NEW \\1") == "Hello\r\nNEW \\1\nBye".replace("\n", "\n")
    assert replaced("Hello", "NEW") == "Hello\n\nNEW"
    assert replaced("", "NEW") == "NEW"


def test_a_memo_is_replaced_where_it_stands():
    first = block("One", KEY, 1_000)
    assert memo_in(first) == KEY
    assert remembered(f"Hello\n{first}\nBye", OTHER) == f"Hello\n{first.replace(KEY, OTHER)}\nBye"
    assert memo_in(remembered("Hello", OTHER)) == OTHER
    assert memo_in("Hello") == ""


@pytest.mark.parametrize("value", HOSTILE)
def test_what_a_device_says_ends_no_block_and_is_no_memo(value):
    for shown in (MARKDOWN.paragraph(value), MARKDOWN.items([value])):
        first = block(shown, KEY, 1_000)
        assert memo_in(first) == KEY
        assert replaced(first, "NEW") == "NEW"


def test_a_long_text_keeps_its_words():
    first = block("line\n" * 1_000, KEY, 500)
    assert len(first) <= 500
    assert memo_in(first) == KEY
