"""What all conversations share: connect, one request, listen, close; every failure is an answer."""

from __future__ import annotations

import pytest
from playbook import CLOSED, OK, SILENCE, Playbook, http_reply

from scanner.model.action import Action, Close, Conversation, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service
from scanner.model.protocol import Protocol
from scanner.probes.framing import PIECE, Framing
from scanner.probes.talk import STEP, Answer, ask

REQUEST = b"GET / HTTP/1.1\r\n\r\n"
PAGE = http_reply(body=b"hello")


def _asks(scheme: str, answers: list[Answer]) -> Conversation:
    answer = yield from ask(Service(80, scheme), REQUEST, Framing(b"HTTP/"))
    answers.append(answer)
    return (Exchange(Protocol.HTTP, 80, answer.ending),)


def _play(*script: tuple[Action | type[Action], Outcome], scheme: str = "http") -> Answer:
    answers: list[Answer] = []
    play = Playbook(_asks(scheme, answers))
    for action, told in script:
        play.expect(action, told)
    play.end()
    return answers[0]


def test_a_question_opens_says_one_thing_listens_and_closes() -> None:
    answer = _play(
        (Open(80), OK),
        (Send(REQUEST), OK),
        (Receive(PIECE, STEP), Outcome(data=PAGE[:10])),
        (Receive(PIECE, STEP), Outcome(data=PAGE[10:])),
        (Close(), OK),
    )

    assert answer == Answer(Ending.COMPLETE, PAGE)


def test_over_tls_the_certificate_comes_with_the_answer() -> None:
    answer = _play(
        (Open(80), OK),
        (StartTls(), Outcome(data=b"DER")),
        (Send, OK),
        (Receive, Outcome(data=PAGE)),
        (Close(), OK),
        scheme="https",
    )

    assert answer == Answer(Ending.COMPLETE, PAGE, certificate=b"DER")


@pytest.mark.parametrize(
    "ending", [Ending.REFUSED, Ending.SILENT, Ending.STOPPED_BY_US, Ending.FAULT], ids=lambda e: e.value
)
def test_what_did_not_open_is_not_closed(ending: Ending) -> None:
    answer = _play((Open(80), Outcome(ending, detail="why")))

    assert answer == Answer(ending, detail="why")
    assert answer.stopped is (ending is Ending.STOPPED_BY_US)


def test_a_failed_handshake_sends_nothing_and_closes() -> None:
    failed = Outcome(Ending.TLS_FAILED, detail="alert")

    assert _play((Open(80), OK), (StartTls(), failed), (Close(), OK), scheme="https") == Answer(
        Ending.TLS_FAILED, detail="alert"
    )


def test_a_request_that_does_not_leave_is_told_and_the_connection_closed() -> None:
    answer = _play((Open(80), OK), (Send, CLOSED), (Close(), OK))

    assert answer.ending is Ending.CLOSED_EARLY


@pytest.mark.parametrize(
    ("before", "told", "ending"),
    [
        (b"", SILENCE, Ending.SILENT),
        (b"HTTP/1.1 200", SILENCE, Ending.CUT),
        (b"", CLOSED, Ending.CLOSED_EARLY),
        (b"HTTP/1.1 200", CLOSED, Ending.CLOSED_EARLY),
        (b"HTTP/1.0 200 OK\r\n\r\nx", CLOSED, Ending.COMPLETE),
        (b"HTTP/1.1 200", OK, Ending.CLOSED_EARLY),
        (b"HTTP/1.1 200", Outcome(Ending.STOPPED_BY_US), Ending.STOPPED_BY_US),
        (b"HTTP/1.1 200", Outcome(Ending.FAULT), Ending.FAULT),
    ],
)
def test_how_listening_ends(before: bytes, told: Outcome, ending: Ending) -> None:
    """What came before the end is kept; a receive that brings nothing and says nothing is a close."""
    heard = [(Receive, Outcome(data=before))] if before else []

    answer = _play((Open(80), OK), (Send, OK), *heard, (Receive, told), (Close(), OK))

    assert (answer.ending, answer.payload) == (ending, before)


def test_bytes_that_come_together_with_the_close_are_read() -> None:
    last = Outcome(Ending.CLOSED_EARLY, data=PAGE)

    assert _play((Open(80), OK), (Send, OK), (Receive, last), (Close(), OK)).payload == PAGE
