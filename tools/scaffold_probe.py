"""Write a probe and its test to start from: a conversation that connects, listens and sends nothing.

    make scaffold-probe NAME=modbus

Both work as they are, so that every step from there can be run. What is left to do is printed.
"""

from __future__ import annotations

import keyword
import re
import sys
from pathlib import Path

PROBE = '''"""{title}: what is asked, in words.

Connects and listens; not a byte is sent yet. At most one connection a host.

Silence: what it means here, for the reader of a report. Refused: the port closed since the sweep.

Never: what must not be sent to this port.

Sources: where each fact is from.
"""

from __future__ import annotations

from scanner.model.action import Close, Conversation, Open, Receive
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Probe, ProbeKind, Target
from scanner.model.protocol import Protocol

PORT = {port}
LISTEN = 2.0
"""Seconds to the first word."""
LIMIT = 1024
"""Bytes; with the reason why more is never needed."""


def converse(target: Target) -> Conversation:
    """Listen to the port if it is open; one exchange."""
    if all(service.port != PORT for service in target.services):
        return ()
    outcome = yield Open(PORT)
    if outcome.ending is not None:
        return (Exchange(Protocol.SDK8000, PORT, outcome.ending, detail=outcome.detail),)
    outcome = yield Receive(LIMIT, LISTEN)
    yield Close()
    ending = outcome.ending or (Ending.COMPLETE if outcome.data else Ending.CLOSED_EARLY)
    return (Exchange(Protocol.SDK8000, PORT, ending, outcome.data, detail=outcome.detail),)


PROBE = Probe(
    name="{name}",
    title="{title}",
    kind=ProbeKind.CONVERSATION,
    protocol=Protocol.SDK8000,
    order=70,
    transport="tcp",
    ports=(PORT,),
    sends=(),
    silence="What it means here.",
    connections=1,
    converse=converse,
    sources=(),
)
'''

TEST = '''"""{title}: examples, script, endings, never, fuzz."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playbook import SILENCE, Peer, Playbook, World

from scanner.model.action import Close, Open, Outcome, Receive
from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.probe import Service, Target
from scanner.model.protocol import Protocol
from scanner.probes.{name} import LIMIT, LISTEN, PORT, converse

TARGET = Target("192.0.2.7", (Service(PORT, "listen"),), "")


def test_it_listens_and_closes() -> None:
    play = Playbook(converse(TARGET))

    play.expect(Open(PORT)).expect(Receive(LIMIT, LISTEN), Outcome(data=b"hello")).expect(Close())

    assert play.end() == (Exchange(Protocol.SDK8000, PORT, Ending.COMPLETE, b"hello"),)


def test_a_host_without_the_port_is_not_asked() -> None:
    assert World({{}}).play(converse(Target("192.0.2.7", (Service(80, "http"),), ""))) == ()


@pytest.mark.parametrize(
    ("peer", "ending"),
    [
        (Peer(opens=Outcome(Ending.REFUSED)), Ending.REFUSED),
        (Peer(opens=Outcome(Ending.SILENT)), Ending.SILENT),
        (Peer(after=SILENCE), Ending.SILENT),
        (Peer(after=Outcome()), Ending.CLOSED_EARLY),
    ],
)
def test_each_way_to_end_has_its_ending(peer: Peer, ending: Ending) -> None:
    world = World({{PORT: peer}})

    (exchange,) = world.play(converse(TARGET))

    assert exchange.ending is ending
    assert world.sent == []


@given(banner=st.binary(min_size=1, max_size=2 * LIMIT))
def test_any_greeting_is_kept_up_to_the_limit(banner: bytes) -> None:
    (exchange,) = World({{PORT: Peer(banner=banner)}}).play(converse(TARGET))

    assert exchange.payload == banner[:LIMIT]
'''

LEFT = """Written:
  scanner/probes/{name}.py
  tests/probes/test_{name}.py

Run it:  make test T=tests/probes/test_{name}.py

Left to do (docs/extend/a-probe.md):
  - the docstring: what it sends, what silence means, who says so
  - one import and one line in PROBES, scanner/probes/__init__.py
  - its messages on the closed list, scanner/policy/requests.py
  - its own member of Protocol and a parser, if no parser reads the reply yet
  - changelog.d/{name}.added.md, and `make docs`
"""


def write(name: str, root: Path) -> list[Path]:
    """Write both files.

    Raises:
        ValueError: the name is no module name, or one of the files is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} is no name for a module; make scaffold-probe NAME=modbus")
    texts = {
        root / "scanner/probes" / f"{name}.py": PROBE,
        root / "tests/probes" / f"test_{name}.py": TEST,
    }
    for path in texts:
        if path.exists():
            raise ValueError(f"{path.relative_to(root)} is there already")
    title = name.replace("_", " ").capitalize()
    for path, text in texts.items():
        path.write_text(text.format(name=name, title=title, port=60000), encoding="utf-8")
    return list(texts)


def main(words: list[str], root: Path = Path(__file__).parents[1]) -> int:
    """Write them and say what is left; 2 with one line if that cannot be."""
    try:
        write(words[0] if words else "", root)
    except (ValueError, OSError) as error:
        print(f"scaffold-probe: {error}", file=sys.stderr)
        return 2
    print(LEFT.format(name=words[0]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
