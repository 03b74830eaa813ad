"""How hosts answer, whatever they say."""

from __future__ import annotations

import pytest

from scanner.matcher.answers import Answers
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

MADE_UP = "GET /0123456789abcdef"


@pytest.fixture
def heard():
    def make(*replies):
        answers = Answers()
        for protocol, payload, port, request in replies:
            observation = Observation("192.0.2.1", Protocol(protocol), payload.encode(), port, request)
            answers.note(observation, read(observation.protocol, observation.payload, request))
        return answers

    return make


def page(body, status="200 OK", server="nginx"):
    return f"HTTP/1.1 {status}\r\nServer: {server}\r\n\r\n{body}"


def test_one_page_for_a_real_and_a_made_up_path_is_uniform(heard):
    answers = heard(("http", page("hello"), 80, "GET /"), ("http", page("hello"), 80, MADE_UP))
    assert answers.explained == {80}
    assert answers.is_one_page
    assert answers.is_alike


@pytest.mark.parametrize(
    ("front", "made_up"),
    [
        (page("hello"), page("not found", "404 Not Found")),
        (page("hello"), page("hello", server="other")),
        (page("hello"), page("bye")),
    ],
)
def test_an_answer_that_depends_on_the_path_is_a_hosts_own(heard, front, made_up):
    answers = heard(("http", front, 80, "GET /"), ("http", made_up, 80, MADE_UP))
    assert answers.explained == frozenset()
    assert not answers.is_one_page
    assert not answers.is_alike


def test_a_page_that_repeats_the_path_and_a_number_is_still_one_page(heard):
    answers = heard(
        (
            "http",
            page("you asked for /isapi/system/deviceinfo at 1764036000"),
            80,
            "GET /ISAPI/System/deviceInfo",
        ),
        ("http", page("you asked for /0123456789abcdef at 1764036009"), 80, MADE_UP),
    )
    assert answers.is_one_page


def test_a_refusal_of_everything_is_uniform_but_no_page(heard):
    refusal = page("no", "403 Forbidden")
    answers = heard(("http", refusal, 80, "GET /"), ("http", refusal, 80, MADE_UP))
    assert answers.explained == {80}
    assert not answers.is_one_page


def test_a_further_port_is_explained_by_the_same_page_alone(heard):
    first = (("http", page("hello"), 80, "GET /"), ("http", page("hello"), 80, MADE_UP))
    assert heard(*first, ("http", page("hello"), 8080, "GET /")).explained == {80, 8080}
    assert heard(*first, ("http", page("own"), 8080, "GET /")).explained == {80}


def test_a_front_page_alone_tells_nothing(heard):
    assert heard(("http", page("hello"), 80, "GET /")).explained == frozenset()


def test_what_a_single_port_says_in_another_protocol_is_its_own(heard):
    video = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS\r\n\r\n"
    assert not heard(("rtsp", video, 554, None)).is_alike
    assert heard(("ssh", "SSH-2.0-x\r\n", 554, None), ("ssh", "SSH-2.0-x\r\n", 8000, None)).is_alike
    refusal = page("bad request", "400 Bad Request")
    assert heard(("http", page("a"), 80, "GET /"), ("http", page("a"), 80, MADE_UP)).is_alike
    assert not Answers._is_word(Observation("h", Protocol.RTSP, refusal.encode(), 554))


def test_discovery_is_kept_and_neighbour_tables_are_not(heard):
    answers = heard(
        ("mac", "44:19:b6:01:02:03", 0, None),
        ("sadp", "<ProbeMatch><Uuid>x</Uuid></ProbeMatch>", 37020, None),
    )
    assert answers.datagrams == {Protocol.SADP}
    assert answers.print() == ()


def test_ports_that_accept_and_say_nothing_are_mute(heard):
    answers = heard()
    answers.open |= {80, 554}
    assert answers.is_mute
    assert answers.print() == ((80, ""), (554, ""))
    answers.open = {8000, 554}
    assert not answers.is_mute  # a control port waits for the other side
