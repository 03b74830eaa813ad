"""Our block in a text of Markdown that persons may change as well, with our words on a line of its own.

The block stands between two comments, which are not shown, and ends with the line of our words in small
print. What a device says never is such a line: its angle brackets are escaped, or follow the backtick of a
code span.
"""

from __future__ import annotations

import re

from scanner.tickets.markup import MARKDOWN
from scanner.tickets.memo import cut, words_in

_BEGIN, _END = "<!-- hiksweep -->", "<!-- /hiksweep -->"
_BLOCK = re.compile(rf"^{_BEGIN}[ ]*\r?$.*?^{_END}[ ]*\r?$", re.MULTILINE | re.DOTALL)
_MEMO = re.compile(r"^<sub>((?:hs[a-z]+-[0-9a-f]+ ?)+)</sub>[ ]*\r?$", re.MULTILINE)


def block(body: str, memo: str, longest: int) -> str:
    """A block of what a draft says, with a memo at its end.

    Args:
        body: of a draft; its own line of words gives way to the memo.
        memo: our words.
        longest: characters at most.
    """
    text = f"{_MEMO.sub('', body).strip()}\n\n{MARKDOWN.quiet(memo)}"
    room = longest - len(_BEGIN) - len(_END) - 4
    return f"{_BEGIN}\n{cut(text, room).rstrip()}\n{_END}"


def replaced(whole: str, new: str) -> str:
    """A text with a new block in place of ours; at its end if a person took ours away."""
    if _BLOCK.search(whole):
        return _BLOCK.sub(lambda _: new, whole, count=1)
    return f"{whole.rstrip()}\n\n{new}".lstrip()


def remembered(whole: str, memo: str) -> str:
    """A text with a new memo in place of the last one; at its end if there is none."""
    found = list(_MEMO.finditer(whole))
    words = MARKDOWN.quiet(memo)
    if not found:
        return f"{whole.rstrip()}\n\n{words}\n".lstrip()
    return f"{whole[: found[-1].start()]}{words}{whole[found[-1].end() :]}"


def memo_in(whole: str) -> str:
    """The memo of a text: the last line of our words; empty for none."""
    found = _MEMO.findall(whole)
    return " ".join(words_in(found[-1])) if found else ""
