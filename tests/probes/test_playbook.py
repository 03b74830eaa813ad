"""The test tool itself: a script that is not kept to, and a world that minds its manners."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playbook import OK, SILENCE, Peer, Playbook, World, by_path, http_reply

from scanner.model.action import Action, Close, Open, Outcome, Receive, Send, StartTls
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.protocol import Protocol


def _polite() -> Generator[Action, Outcome, tuple[Exchange, ...]]:
    opened = yield Open(80)
    if opened.ending is not None:
        return (Exchange(Protocol.HTTP, 80, opened.ending),)
    yield Send(b"GET / HTTP/1.1\r\n\r\n")
    heard = yield Receive(100, 1.0)
    yield Close()
    return (Exchange(Protocol.HTTP, 80, heard.ending or Ending.COMPLETE, heard.data),)


def _does(*actions: Action) -> Generator[Action, Outcome, tuple[Exchange, ...]]:
    told = OK
    for action in actions:
        told = yield action
    return (Exchange(Protocol.HTTP, 0, told.ending or Ending.COMPLETE),)


def test_a_script_that_is_kept_to_gives_the_exchanges() -> None:
    play = Playbook(_polite())

    play.expect(Open(80)).expect(Send).hears(b"hello").expect(Close())

    assert play.end() == (Exchange(Protocol.HTTP, 80, Ending.COMPLETE, b"hello"),)


def test_a_script_that_is_not_kept_to_names_both_sides() -> None:
    with pytest.raises(AssertionError, match=r"expected Open\(port=81.*\)\n     got Open\(port=80.*\)"):
        Playbook(_polite()).expect(Open(81))


def test_a_conversation_that_is_over_is_not_expected_to_want_more() -> None:
    play = Playbook(_polite()).expect(Open(80), Outcome(Ending.REFUSED))

    with pytest.raises(AssertionError, match="ended with"):
        play.expect(Send)


def test_a_conversation_that_is_not_over_cannot_be_ended() -> None:
    with pytest.raises(AssertionError, match="not over"):
        Playbook(_polite()).expect(Open(80)).end()


def test_a_world_answers_and_remembers() -> None:
    world = World({80: Peer(b"hello", piece=3)})

    exchanges = world.play(_polite())

    assert exchanges[0].payload == b"hel"
    assert world.opened == [80]
    assert world.asked() == ["GET /"]
    assert world.asked(81) == []


def test_a_port_without_a_peer_refuses() -> None:
    assert World({}).play(_polite())[0].ending is Ending.REFUSED


def test_a_world_tells_of_silence_and_of_a_budget() -> None:
    quiet = World({80: Peer(after=SILENCE)})

    assert quiet.play(_polite())[0].ending is Ending.SILENT
    assert quiet.waited == 1.0
    assert World({80: Peer()}, stop_after=0).play(_polite())[0].ending is Ending.STOPPED_BY_US


@pytest.mark.parametrize(
    ("actions", "complaint"),
    [
        ((Open(80), Open(80)), "a second connection"),
        ((Send(b"x"),), "without a connection"),
        ((Open(80),), "left a connection open"),
        ((Open(80), Send(b"x"), StartTls()), "TLS after a byte"),
        ((Open(80), Receive(0, 1.0)), "up_to"),
        ((Open(80), Receive(1, 6.0)), "within"),
        (tuple(Open(81) for _ in range(5000)), "does not end"),
    ],
)
def test_a_world_minds_the_manners_of_a_transport(actions: tuple[Action, ...], complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        World({80: Peer()}).play(_does(*actions))


def test_replies_may_come_one_after_another_or_by_path() -> None:
    queue = Peer([b"one", b"two"])
    pages = Peer(by_path({"/": b"front"}, b"none"))

    assert [queue.reply(b"x") for _ in range(3)] == [b"one", b"two", b""]
    assert pages.reply(b"GET / HTTP/1.1\r\n\r\n") == b"front"
    assert pages.reply(b"GET /other HTTP/1.1\r\n\r\n") == b"none"
    assert pages.opens == OK


def test_an_http_reply_is_built_with_or_without_a_length() -> None:
    assert http_reply(body=b"ok") == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert http_reply("404 No", headers=["A: b"], length=False) == b"HTTP/1.1 404 No\r\nA: b\r\n\r\n"
