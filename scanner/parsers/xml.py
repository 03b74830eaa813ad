"""XML of devices, read as far as it goes.

Fragments, unbound prefixes, several roots and documents that were cut are all taken for what they hold.
Expat does the reading, without name-space processing and inside a root of our own. A document type
declaration is refused before expat sees a byte, so no entity is ever expanded; sizes, depth and counts are
bounded. After a fault reading goes on at the next tag, a few times.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat

from scanner.model.errors import Malformed

SIZE_LIMIT = 64 * 1024
"""Bytes that are looked at."""
DEPTH_LIMIT = 64
ELEMENTS_LIMIT = 4096
DECLARED_LIMIT = 128
NAME_LENGTH = 128
TEXT_LENGTH = 4096
RESUMPTIONS = 8
"""How often reading goes on after a fault; each costs another pass over what is left."""

_ENCODINGS = frozenset(
    {
        "ascii",
        "big5",
        "cp1251",
        "cp1252",
        "euc_jp",
        "euc_kr",
        "gb18030",
        "gb2312",
        "gbk",
        "iso8859-1",
        "shift_jis",
    }
)
_DECLARATION = re.compile(rb"<\?xml[^<>]{0,256}?encoding\s{0,8}=\s{0,8}[\"']([A-Za-z0-9._-]{1,32})[\"']")
_ANY_DECLARATION = re.compile(r"<\?xml(?:\s[^<>]{0,256})?>")
_DOCUMENT_TYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_STRAY_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_BAD_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BAD_REFERENCE = re.compile(
    r"&#(?:x0{0,6}(?:[0-8BCEF]|1[0-9A-F])|0{0,6}(?:[0-8]|1[124-9]|2[0-9]|3[01]));", re.IGNORECASE
)
_OPEN_TAG = re.compile(
    r"<[A-Za-z_][\w:.-]{0,127}(?:\s++[A-Za-z_][\w:.-]{0,127}+\s{0,16}+=\s{0,16}+(?:\"[^\"<]*+\"|'[^'<]*+'))*"
)
_NEXT_TAG = re.compile(rb"<[A-Za-z_/\x80-\xff]")
_ROOT, _ROOT_NAME, _END_MARK = b"<r>", "r", b"<r/>"
_FIRST_NAME = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]{0,64})(:[A-Za-z_])?")
_HTML_NAMES = frozenset(
    b"html head body title script style meta link div span p a b i u h1 h2 h3 h4 table tr td form frameset "
    b"frame iframe img input center font br hr ul ol li pre noscript base object embed nav header main "
    b"section".split()
)


class Leaf(NamedTuple):
    """An element without elements inside."""

    name: str
    """Local name."""
    text: str
    """Without white space around it."""
    path: tuple[str, ...]
    """Local names of the elements around it, outermost first."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was read."""

    root: str
    """Local name of the first element."""
    element: str
    """The first element's name as written, prefix included."""
    namespace: str | None
    """URI that the first element lies in; None without one or when its prefix is unbound."""
    leaves: tuple[Leaf, ...]
    names: tuple[str, ...]
    """Local names of all elements in the order of their start tags."""
    declared: tuple[str, ...]
    """Every name-space URI that is declared, once each."""
    prefixes: tuple[str, ...]
    """Every declared prefix, sorted."""
    unfinished: Leaf | None
    """The element in whose text the document was cut."""
    whole: bool
    """False when a fault, a cut or a limit ended it."""


def looks_like_xml(data: bytes) -> bool:
    """Whether a body is XML rather than HTML or anything else."""
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if start.startswith((b"\xff\xfe<", b"\xfe\xff\x00<")):
        return True
    if not start.startswith(b"<"):
        return False
    lowered = start.lower()
    if b"<!doctype html" in lowered or lowered.startswith(b"<!--"):
        return False
    declared = lowered.startswith(b"<?xml")
    name = _FIRST_NAME.search(start)
    if name is None or declared:
        return declared and (name is None or name[1].lower() != b"html")
    return name[2] is not None or name[1].lower() not in _HTML_NAMES


def parse(data: bytes) -> Document:
    """Read a document or a piece of one.

    Raises:
        Malformed: it holds no element, or a document type declaration.
    """
    text = _decode(data[:SIZE_LIMIT])
    if _DOCUMENT_TYPE.search(text):
        raise Malformed("XML with a document type declaration is refused")
    begin = text.find("<")
    if begin < 0:
        raise Malformed("no XML: there is no tag")
    reader = _Reader()
    whole = reader.read(_prepare(text[begin:])) and len(data) <= SIZE_LIMIT
    if reader.root is None:
        raise Malformed("no XML: no element could be read")
    return Document(
        root=_local(reader.root),
        element=reader.root,
        namespace=reader.namespace,
        leaves=tuple(reader.leaves),
        names=tuple(reader.names),
        declared=tuple(reader.declared),
        prefixes=tuple(sorted(reader.prefixes)),
        unfinished=reader.unfinished,
        whole=whole,
    )


def xml_fields(document: Document) -> Iterator[tuple[str, str]]:
    """The ``xml.*`` fields of a document."""
    yield "xml.root", document.root
    yield "xml.element", document.element
    if document.namespace is not None:
        yield "xml.namespace", document.namespace
    for uri in document.declared:
        yield "xml.declared", uri
    if document.prefixes:
        yield "xml.prefixes", " ".join(document.prefixes)
    for leaf in document.leaves:
        yield f"xml.{leaf.name}", leaf.text


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    declared = _DECLARATION.search(data[:1024])
    encoding = "utf-8"
    if declared:
        try:
            known = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            known = "utf-8"
        if known in _ENCODINGS:
            encoding = known
    return data.decode(encoding, "replace")


def _prepare(text: str) -> bytes:
    """Repair what devices get wrong, as UTF-8: ampersands, controls, repeated declarations, a cut tag."""
    text = _ANY_DECLARATION.sub("", text.rstrip("\x00 \t\r\n"))
    text = _BAD_CHARACTER.sub("\ufffd", text)
    text = _BAD_REFERENCE.sub("\ufffd", _STRAY_AMPERSAND.sub("&amp;", text))
    last = text.rfind("<")
    if last >= 0 and ">" not in text[last:]:
        cut = _OPEN_TAG.match(text, last)
        text = text[: cut.end()] + ">" if cut else text[:last]
    return text.encode("utf-8", "replace")


class _LimitError(Exception):
    """A limit was reached; what was read stands."""


class _EndError(Exception):
    """All that there is was read."""


class _StrayTagError(Exception):
    """An end tag that nothing opened."""


class _Frame:
    """An open element."""

    __slots__ = ("has_children", "local", "parts", "size")

    def __init__(self, local: str) -> None:
        self.local = local
        self.has_children = False
        self.parts: list[str] = []
        self.size = 0

    def leaf(self, around: list[_Frame]) -> Leaf:
        text = "".join(self.parts)[:TEXT_LENGTH].strip()
        return Leaf(self.local, text, tuple(frame.local for frame in around))


class _Reader:
    """Collects names and leaves over one or several passes of expat."""

    _parser: expat.XMLParserType
    """Of the pass that is under way."""

    def __init__(self) -> None:
        self.root: str | None = None
        self.namespace: str | None = None
        self.leaves: list[Leaf] = []
        self.names: list[str] = []
        self.declared: dict[str, None] = {}
        self.prefixes: set[str] = set()
        self.unfinished: Leaf | None = None
        self._stack: list[_Frame] = []
        self._below_root = False
        self._end_at = 0
        self._stray_at = 0

    def read(self, data: bytes) -> bool:
        """Read everything; True when no fault was met and every element was closed."""
        try:
            return self._read(data)
        finally:
            del self._parser  # the two hold each other, and would wait for the garbage collector

    def _read(self, data: bytes) -> bool:
        for resumption in range(RESUMPTIONS + 1):
            self._stack = []
            self._parser = parser = self._new_parser()
            self._end_at = len(_ROOT) + len(data)
            try:
                parser.Parse(_ROOT + data + _END_MARK, True)
            except _LimitError:
                return False
            except _EndError:
                return resumption == 0 and not self._stack
            except expat.ExpatError:
                at = parser.ErrorByteIndex - len(_ROOT)
            except _StrayTagError:
                at = self._stray_at - len(_ROOT)
            next_tag = _NEXT_TAG.search(data, max(at, 0) + 1)
            if next_tag is None:
                return False
            data = data[next_tag.start() :]
        return False

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._below_root = False
        return parser

    def _start(self, name: str, attributes: list[str]) -> None:
        if not self._below_root:
            self._below_root = True
            return
        if name == _ROOT_NAME and self._parser.CurrentByteIndex >= self._end_at:
            self._note_unfinished()
            raise _EndError
        if len(self._stack) >= DEPTH_LIMIT or len(self.names) >= ELEMENTS_LIMIT:
            raise _LimitError
        bound = self._declare(attributes)
        if self.root is None:
            self.root = name[:NAME_LENGTH]
            self.namespace = bound.get(name.rpartition(":")[0]) or None
        if self._stack:
            self._stack[-1].has_children = True
            self._stack[-1].parts.clear()
        local = _local(name)
        self.names.append(local)
        self._stack.append(_Frame(local))

    def _declare(self, attributes: list[str]) -> dict[str, str]:
        bound: dict[str, str] = {}
        for index in range(0, len(attributes), 2):
            name = attributes[index]
            if not name.startswith("xmlns"):
                continue
            prefix = name[6:] if name.startswith("xmlns:") else ""
            if (not prefix and name != "xmlns") or len(self.declared) >= DECLARED_LIMIT:
                continue
            uri = attributes[index + 1].strip()[:512]
            bound[prefix] = uri
            if uri:
                self.declared[uri] = None
            if prefix:
                self.prefixes.add(prefix[:NAME_LENGTH])
        return bound

    def _end(self, _name: str) -> None:
        if not self._stack:  # it would close the root of our own
            self._stray_at = self._parser.CurrentByteIndex
            raise _StrayTagError
        frame = self._stack.pop()
        if not frame.has_children:
            self.leaves.append(frame.leaf(self._stack))

    def _text(self, data: str) -> None:
        if self._stack:
            frame = self._stack[-1]
            if not frame.has_children and frame.size < TEXT_LENGTH:
                frame.parts.append(data)
                frame.size += len(data)

    def _note_unfinished(self) -> None:
        if self._stack and not self._stack[-1].has_children:
            self.unfinished = self._stack[-1].leaf(self._stack[:-1])


def _local(name: str) -> str:
    return name.rpartition(":")[2][:NAME_LENGTH]
