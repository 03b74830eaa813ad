from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.model.errors import Malformed
from scanner.parsers.xml import (
    DEPTH_LIMIT,
    ELEMENTS_LIMIT,
    SIZE_LIMIT,
    TEXT_LENGTH,
    Leaf,
    looks_like_xml,
    parse,
    xml_fields,
)

# ISAPI deviceInfo of a recorder (hikvision_next fixtures), shortened, identifiers replaced.
DEVICE = b"""<?xml version="1.0" encoding="UTF-8" ?>
<DeviceInfo version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">
<deviceName>DVR &amp; more</deviceName>
<model>DS-7204HUHI-K1</model>
<list><item>1</item><item>2</item></list>
</DeviceInfo>
"""


def _leaves(data):
    return [(leaf.name, leaf.text) for leaf in parse(data).leaves]


def test_a_whole_document_is_read():
    document = parse(DEVICE)

    assert (document.root, document.element) == ("DeviceInfo", "DeviceInfo")
    assert document.namespace == "http://www.hikvision.com/ver20/XMLSchema"
    assert document.declared == ("http://www.hikvision.com/ver20/XMLSchema",)
    assert document.whole
    assert document.leaves[0] == Leaf("deviceName", "DVR & more", ("DeviceInfo",))
    assert document.leaves[-1] == Leaf("item", "2", ("DeviceInfo", "list"))


def test_line_feeds_marks_and_rubbish_around_it_change_nothing():
    expected = parse(DEVICE)

    assert parse(DEVICE.replace(b"\n", b"\r\n")) == expected
    assert parse(b"\xef\xbb\xbf" + DEVICE) == expected
    assert parse(b"\x00\x01junk " + DEVICE + b"\x00\x00\x00") == expected
    assert parse(DEVICE.decode().encode("utf-16")) == expected


def test_cut_anywhere_it_gives_the_elements_that_were_closed():
    whole = _leaves(DEVICE)
    for end in range(DEVICE.index(b"<deviceName"), len(DEVICE)):
        found = _leaves(DEVICE[:end])
        assert found == whole[: len(found)]


def test_an_element_that_was_cut_is_told_apart():
    document = parse(b"<a><Scopes>one two thr")

    assert document.leaves == ()
    assert document.unfinished == Leaf("Scopes", "one two thr", ("a",))
    assert not document.whole


def test_names_declared_before_the_cut_in_a_tag_count():
    """Captures of ONVIF replies often end within the long list of name spaces."""
    document = parse(b'<env:Envelope xmlns:env="e" xmlns:tns="http://t" xmlns:hik')

    assert (document.element, document.namespace) == ("env:Envelope", "e")
    assert document.prefixes == ("env", "tns")


@pytest.mark.parametrize(
    ("data", "leaves"),
    [
        (b"<s:a><s:b>1</s:b></s:a>", [("b", "1")]),
        (b"<a>1</a><b>2</b>", [("a", "1"), ("b", "2")]),
        (b"</x></y><a>1</a>", [("a", "1")]),
        (b"</r><a>1</a>", [("a", "1")]),
        (b"<a>1</a></r><b>2</b>", [("a", "1"), ("b", "2")]),
        (b"<a><b>1</a><c>2</c>", [("c", "2")]),
        (b"<a>AT&T &nbsp; &#0; &bogus</a>", [("a", "AT&T &nbsp; \ufffd &bogus")]),
        (b"<a>\x00\x07</a>", [("a", "\ufffd\ufffd")]),
        (b"<a/>", [("a", "")]),
        (b"<a><![CDATA[<b>]]></a>", [("a", "<b>")]),
        (b"<a>1</a><?xml version='1.0'?><b>2</b>", [("a", "1"), ("b", "2")]),
        (b"<<<<<<<<<<<<a>1</a>", [("a", "1")]),
        (b'<a x="1" x="2"><b>1</b></a>', [("b", "1")]),
        (b"<a>\xff\xfe</a>", [("a", "\ufffd\ufffd")]),
        (b"<a>x</", [])
    ],
)  # fmt: skip
def test_faults_are_read_over(data, leaves):
    assert _leaves(data) == leaves


def test_an_announced_encoding_is_used_if_it_is_a_usual_one():
    text = "<?xml version='1.0' encoding='{}'?><a>海康威视</a>"

    assert _leaves(text.format("GB2312").encode("gb2312")) == [("a", "海康威视")]
    assert _leaves(text.format("utf_7").encode()) == [("a", "海康威视")]
    assert _leaves(text.format("no-such").encode()) == [("a", "海康威视")]


def test_fields_name_root_and_leaves():
    fields = dict(xml_fields(parse(DEVICE)))

    assert fields["xml.root"] == "DeviceInfo"
    assert fields["xml.model"] == "DS-7204HUHI-K1"
    assert "xml.prefixes" not in fields
    assert dict(xml_fields(parse(b"<a:b/>")))["xml.element"] == "a:b"
    assert dict(xml_fields(parse(b"<a:b xmlns:a='u' xmlns:B='v'/>")))["xml.prefixes"] == "B a"


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        b'<?xml version="1.0"?><!doctype a SYSTEM "http://192.0.2.1/x"><a/>',
        b'<a><!ENTITY x "y"></a>',
    ],
)
def test_document_types_and_entities_are_refused(data):
    with pytest.raises(Malformed, match="document type"):
        parse(data)


@pytest.mark.parametrize("data", [b"", b"plain text", b"<", b"<<<<", b"</a>", b"< a>", b"<!-- only -->"])
def test_what_holds_no_element_is_malformed(data):
    with pytest.raises(Malformed):
        parse(data)


def test_depth_count_and_length_are_bounded():
    deep = parse(b"<a>" * 5000)
    many = parse(b"<r>" + b"<a>x</a>" * 8000 + b"</r>")
    long = parse(b"<a>" + b"x" * 20000 + b"</a>" + b" " * SIZE_LIMIT)

    assert len(deep.names) == DEPTH_LIMIT
    assert len(many.names) == ELEMENTS_LIMIT
    assert len(long.leaves[0].text) == TEXT_LENGTH
    assert [deep.whole, many.whole, long.whole] == [False, False, False]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (DEVICE, True),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", True),
        (b"<s:Header>", True),
        (b"<userCheck>", True),
        (b"<?xml version='1.0'?>", True),
        ("<a>x</a>".encode("utf-16"), True),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>', False),
        (b"<html>", False),
        (b"<script>window.location.href='doc/page/login.asp?_'</script>", False),
        (b"<!-- comment --><p>", False),
        (b'{"a": 1}', False),
        (b"<", False),
        (b"", False),
    ],
)
def test_xml_is_told_from_html(body, expected):
    assert looks_like_xml(body) is expected


@pytest.mark.parametrize(
    "data",
    [
        b"<" * 65536,
        b"<a><b>" * 11000,
        b"<a>x</a>" * 8192,
        b"<a>" + b"</b>" * 16000,
        b"<a>" + b"&" * 65000 + b"</a>",
        b"<a>" + b"\n" * 65000 + b"</a>",
        b"<a " + b" ".join(b'b%d="v"' % number for number in range(7000)) + b">",
        b"<a " + b" ".join(b'xmlns:b%d="u%d"' % (number, number) for number in range(3300)) + b"/>",
        b"<?xml " * 11000,
        b"<a b='" * 11000,
        b"<" + b"a" * 65000,
        b"<a" + b":a" * 32000 + b">",
        b"<![CDATA[" * 7000,
    ],
    ids=lambda data: data[:12].decode(),
)
def test_hostile_documents_cost_little(data, quickly):
    quickly(parse, data)


@given(cut=some.integers(0, len(DEVICE)), noise=some.binary(max_size=200))
def test_a_document_cut_and_continued_with_noise_is_read_as_far_as_it_goes_or_malformed(cut, noise):
    raw = DEVICE[:cut] + noise

    assert isinstance(looks_like_xml(raw), bool)
    try:
        document = parse(raw)
    except Malformed:
        return
    assert document.element
