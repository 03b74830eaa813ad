"""How a text is written in a tracker's markup, so that nothing a device says is taken for markup."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#!|<>~&^$])")
_ACTIVE = re.compile(r"[@#]|://|www\.|\b[0-9a-f]{7,40}\b|(?:GH|JIRA)-\d", re.IGNORECASE)
"""What becomes a mention, a reference or a link wherever it stands, however it is escaped."""
_BACKTICKS = re.compile("`+")
_ENTITIES = re.compile(
    r"(?![\w\s,;:./')(-])[!-~]|_|"  # whatever may be markup somewhere
    r"(?<![0-9A-Fa-f]{2}):(?=\S)|:(?![0-9A-Fa-f]{2})(?=\S)|"  # but the colons of a MAC address
    r"(?<!\w)[./'-]|[/'-](?!\w)|(?<![0-9])[.](?=\S)|[.](?=[^\s0-9])|"
    r"(?<!\s)[(]|[(](?=(?:c|r|tm)[)])",
    re.ASCII | re.IGNORECASE,
)
_ENTITIES_FIRST = re.compile(r"[.)(](?![0-9])", re.ASCII)
"""Also in a first word, which may begin a heading or a list."""
_LINKED = re.compile(
    r"(?=@|#[#\dn])|(?<!\w)(?=r\d)|(?<=\[)(?=[\[ xX])|(?<={)(?={)|"
    r"(?<=\w)(?<![0-9A-Fa-f]{2})(?=:\S)|(?<=\w)(?=:(?![0-9A-Fa-f]{2})\S)"
)
"""Where Redmine's links, tasks and macros come apart: in CommonMark entities are characters again by then."""
_JOINER = "\u2060"
_WIKI = re.compile(r"([*_\-+^~?{}\[\]()|!#])")
_WIKI_ENTITIES = re.compile(r"[\\&@]|:(?![\s0-9abcefABCEF]|$)")
"""What a backslash does not take the meaning from; a colon that may begin a link or a smiley is of these."""
_WIKI_BLOCK = re.compile(r"^(h[1-6]|bq)\.", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")
_LONGEST = 2_000
"""Characters of one value; a reply may hold pages."""
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


class Raw(str):
    """A text that is markup already."""

    __slots__ = ()


def plain(value: object) -> str:
    """A value on one line, without characters that steer a terminal or turn the direction of writing."""
    text = _BLANKS.sub(" ", str(value)[: _LONGEST * 4])
    shown = "".join(c if c.isprintable() and c not in _BIDI else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


@dataclass(frozen=True)
class Markup:
    """The few forms that a ticket needs, in one tracker's markup."""

    name: str
    escape: Callable[[str], str]
    heading_form: str
    item_form: str
    bold_form: str
    link_form: str
    paragraph_form: str = "{}\n"
    list_form: str = "{}"
    quiet_form: str = "{}"
    """Of the words that are for programs."""

    def text(self, value: object) -> Raw:
        """Any value, escaped; a text that is markup already stays as it is."""
        return value if isinstance(value, Raw) else Raw(self.escape(plain(value)))

    def heading(self, value: object) -> Raw:
        """A line above a part."""
        return Raw(self.heading_form.format(self.text(value)))

    def bold(self, value: object) -> Raw:
        """Words that stand out."""
        return Raw(self.bold_form.format(self.text(value)))

    def paragraph(self, value: object) -> Raw:
        """Some sentences."""
        return Raw(self.paragraph_form.format(self.text(value)))

    def items(self, values: Iterable[object]) -> Raw:
        """A list."""
        return Raw(self.list_form.format("".join(self.item_form.format(self.text(one)) for one in values)))

    def link(self, url: str) -> Raw:
        """A link; of anything but https:// and http:// only the words."""
        shown = plain(url)
        if not re.fullmatch(r"https?://[\w.\-:\[\]/%?=&+,;~#]+", shown):
            return self.text(shown)
        return Raw(self.link_form.format(html.escape(shown) if self.name == "html" else shown))

    def quiet(self, words: str) -> Raw:
        """Words for programs: letters, digits and hyphens, which need no escape anywhere."""
        return Raw(self.quiet_form.format(words))


def _markdown(text: str) -> str:
    """Escaped; in a code span where it would call somebody or link somewhere even so."""
    if not _ACTIVE.search(text):
        return _MARKDOWN.sub(r"\\\1", text)
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    room = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{room}{text}{room}{fence}"


def _wiki(text: str) -> str:
    """A backslash before each special character, and an entity where that would not do: two break a line."""
    entities = _WIKI_ENTITIES.sub(lambda found: f"&\0{ord(found[0])};", text)
    return _WIKI_BLOCK.sub(r"\1&#46;", _WIKI.sub(r"\\\1", entities)).replace("\0", "#")


def _entities(text: str) -> str:
    """Each special character as a numeric entity; an invisible joiner where it would link even so."""
    first, blank, rest = _ENTITIES.sub(_entity, _LINKED.sub(_JOINER, text)).partition(" ")
    return f"{_ENTITIES_FIRST.sub(_entity, first)}{blank}{rest}"


def _entity(found: re.Match[str]) -> str:
    return f"&#{ord(found[0])};"


TEXT = Markup("text", str, "{}\n", "- {}\n", "{}", "{}", list_form="{}")
MARKDOWN = Markup(
    "markdown", _markdown, "### {}\n\n", "- {}\n", "**{}**", "<{}>", "{}\n\n", "{}\n", "<sub>{}</sub>"
)
REDMINE = Markup("redmine", _entities, "*{}*\n\n", "* {}\n", "*{}*", "{}", "{}\n\n", "{}\n")
"""The same in each of Redmine's formats, as nobody but its administrators can see which it has."""
WIKI = Markup("wiki", _wiki, "h3. {}\n", "* {}\n", "*{}*", "[{}]", "{}\n\n", "{}\n")
HTML = Markup(
    "html", html.escape, "<h3>{}</h3>", "<li>{}</li>", "<b>{}</b>", '<a href="{0}">{0}</a>', "<p>{}</p>",
    "<ul>{}</ul>", "<p><small>{}</small></p>",
)  # fmt: skip
