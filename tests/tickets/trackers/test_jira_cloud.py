"""What Cloud does otherwise; what both do alike is in `test_atlassian`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.jira_cloud import NODES, authorise, document, tracker
from scanner.transports.tracker_http import TrackerHttp

if "fake_jira" not in sys.modules:
    _SPEC = importlib.util.spec_from_file_location("fake_jira", Path(__file__).with_name("fakes") / "jira.py")
    sys.modules["fake_jira"] = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(sys.modules["fake_jira"])
fakes = sys.modules["fake_jira"]

KEY = "hskd-" + "1" * 20
DRAFT = Draft("Remove it", f"It is here.\n\n{KEY}\n", KEY, (KEY,))


def words(text, *marks):
    return {"type": "text", "text": text, **({"marks": list(marks)} if marks else {})}


def test_an_address_and_a_token():
    assert authorise("me@x.example", "t0ken") == {"Authorization": "Basic bWVAeC5leGFtcGxlOnQwa2Vu"}


def test_each_line_is_a_node():
    made = document(
        NODES.heading("Camera")
        + NODES.paragraph("Seen.")
        + NODES.items(["Model: X", NODES.bold("b")])
        + "\nSee "
        + NODES.link("https://a.example/r")
        + ".\n"
    )
    item = [[words("Model: X")], [words("b", {"type": "strong"})]]
    assert made["content"] == [
        {"type": "heading", "attrs": {"level": 3}, "content": [words("Camera")]},
        {"type": "paragraph", "content": [words("Seen.")]},
        {
            "type": "bulletList",
            "content": [
                {"type": "listItem", "content": [{"type": "paragraph", "content": one}]} for one in item
            ],
        },
        {
            "type": "paragraph",
            "content": [
                words("See "),
                words("https://a.example/r", {"type": "link", "attrs": {"href": "https://a.example/r"}}),
                words("."),
            ],
        },
    ]
    assert fakes.wrong_nodes(made) == []


@given(st.text(max_size=300))
def test_what_a_device_says_is_one_string_and_no_node(value):
    shown = NODES.text(value)
    made = document(NODES.paragraph(value))
    assert made["content"] == (
        [{"type": "paragraph", "content": [words(shown.strip())]}] if shown.strip() else []
    )


@given(st.text(alphabet="\x01\x02\x03\x04\x05\n ab"))
def test_any_text_is_a_document_that_is_taken(text):
    assert fakes.wrong_nodes(document(text)) == []


@pytest.fixture
def fake():
    made = fakes.JiraCloudFake()
    yield made
    made.stop()


@pytest.fixture
def ours(fake):
    http = TrackerHttp(fake.url, authorise("hiksweep", fake.SECRET), sleep=lambda _: None)
    yield tracker(http, Place(user="hiksweep", project="SEC"))
    http.close()


def test_what_we_wrote_ourselves_is_found_though_the_search_lags(fake, ours):
    fake.lags = True
    made = [ours.create(DRAFT) for _ in range(60)]
    assert [one.id for one in ours.tickets()] == made[-50:]  # so many may be asked to be seen as they are
    assert [one.id for one in ours.find([KEY])] == made[-50:]
    ours.close(ours.read(made[-1]), "", KEY)
    assert [one.open for one in ours.find([KEY])] == [True] * 49 + [False]
    fake.index()
    assert [one.id for one in ours.tickets()] == made


@pytest.mark.parametrize(
    ("me", "known"),
    [({"emailAddress": "hiksweep"}, True), ({"accountId": "5b1"}, True), ({"emailAddress": "you@x"}, False)],
)
def test_an_address_that_is_not_told_is_not_missed(ours, me, known):
    assert ours._calls_us(me) is known
