from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import shutil
import socket
import subprocess
import threading
import time
from random import Random
from typing import Any

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from scanner.model.credential import Authentication, Community, Privacy, SnmpUser
from scanner.model.ending import Ending
from scanner.model.errors import Refused
from scanner.policy.gate import Gate
from scanner.policy.rules import Limits
from scanner.policy.tables import SUBTREES
from scanner.scope import AddressRange, Scope, parse_target
from scanner.transports.snmp_walk import ASKS, FEW_ROWS, TableWalk

V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
NAMES = tuple(map(int, SUBTREES["ifName"].split(".")))
SECRET = "site-community-7"
QUICK = Limits(host_rate=2000.0, router_time=5.0, router_rows=100)


def make_gate(limits: Limits = QUICK) -> Gate:
    found = parse_target("10.0.0.0/24")
    assert isinstance(found, AddressRange)
    return Gate(Scope.of([found]), limits, routers=("127.0.0.1",))


def rows(count: int, column=NAMES) -> dict[tuple[int, ...], Any]:
    return {(*column, number): V2C.OctetString(f"port{number}") for number in range(1, count + 1)}


class Agent:
    """A v2c agent on loopback: honest unless a turn says otherwise. A turn gives the reply, or None for silence."""

    def __init__(self, tree, turns=(), community=SECRET) -> None:
        self.tree, self.turns, self.community = tree, list(turns), community
        self.asked: list[tuple[str, str, tuple[int, ...]]] = []
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.settimeout(5)
        self.port = self.sock.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data, source = self.sock.recvfrom(4000)
                message, _ = decoder.decode(data, asn1Spec=V2C.Message())
                unit = V2C.apiMessage.get_pdu(message)
                community = bytes(V2C.apiMessage.get_community(message)).decode()
                ((oid, _),) = V2C.apiPDU.get_varbinds(unit)
                self.asked.append((type(unit).__name__, community, tuple(oid)))
                turn = self.turns.pop(0) if self.turns else self.honest
                values = turn(unit, tuple(oid)) if turn and community == self.community else None
                if values is not None:
                    self.sock.sendto(self._message(message, values), source)

    def honest(self, unit, oid):
        """The rows that follow, and the end."""
        count = int(unit[2]) if isinstance(unit, V2C.GetBulkRequestPDU) else 1
        found = [(key, self.tree[key]) for key in sorted(self.tree) if key > oid][:count]
        return found + [(oid, V2C.EndOfMibView())] * (len(found) < count)

    @staticmethod
    def _message(message, values) -> bytes:
        reply = V2C.apiMessage.get_response(message)
        error = 0
        if isinstance(values, int):
            error, values = values, []
        V2C.apiPDU.set_error_status(V2C.apiMessage.get_pdu(reply), error)
        V2C.apiPDU.set_varbinds(V2C.apiMessage.get_pdu(reply), values)
        return encoder.encode(reply)


@pytest.fixture
def agent():
    made = []

    def start(*arguments, **options):
        made.append(Agent(*arguments, **options))
        return made[-1]

    yield start
    for one in made:
        one.sock.close()


def read(port, *names, gate=None, credential=None, vlan="", size=25, patience=0.2):
    """Columns of a walk, or why it could not be opened; and the walk."""
    walk = TableWalk(
        gate or make_gate(), "127.0.0.1", credential or Community(SECRET), port=port, timeout=patience
    )

    async def go():
        try:
            failure = await walk.open()
            if failure:
                return failure
            return [await walk.column(name, vlan=vlan, rows=size) for name in names]
        finally:
            walk.close()

    return asyncio.run(go()), walk


def test_a_column_is_read_to_its_end_and_not_into_the_next(agent):
    tree = rows(60) | rows(3, tuple(map(int, SUBTREES["ipNetToMediaType"].split("."))))
    there = agent(tree)

    (column,), walk = read(there.port, "ifName")

    assert (column.name, len(column.rows), column.failure) == ("ifName", 60, None)
    assert column.rows[59] == ((60,), b"port60")
    assert {kind for kind, _, _ in there.asked} == {"GetBulkRequestPDU"}
    assert walk.asked == len(there.asked) == 3


def test_one_row_at_a_time_looks_at_one_row_behind_the_column(agent):
    there = agent(rows(3))

    (column,), _ = read(there.port, "ifName", size=1)

    assert len(column.rows) == 3
    assert [kind for kind, _, _ in there.asked] == ["GetNextRequestPDU"] * 4


def test_an_empty_column_is_whole(agent):
    (column,), _ = read(agent(rows(3)).port, "lldpRemSysName")

    assert (column.rows, column.failure) == ((), None)


def test_a_community_that_is_not_answered_is_tried_once_and_never_again(agent):
    there = agent(rows(3), community="another")

    (column,), _ = read(there.port, "ifName", patience=0.05)

    assert column.failure is not None
    assert (column.failure.ending, column.failure.denied) == (Ending.SILENT, True)
    assert len(there.asked) == 1


def test_once_answered_silence_is_asked_again_but_not_for_ever(agent):
    healed = agent(rows(60), [Agent.honest.__get__(agent(rows(60))), None, None])
    (column,), _ = read(healed.port, "ifName", patience=0.1)
    assert (len(column.rows), column.failure) == (60, None)

    silent = agent(rows(60))
    silent.turns = [silent.honest, *[None] * 9]
    (column,), _ = read(silent.port, "ifName", patience=0.1)
    assert (len(column.rows), len(silent.asked)) == (25, 1 + ASKS + 1)
    assert column.failure is not None
    assert (column.failure.ending, column.failure.denied) == (Ending.SILENT, False)


def test_answers_that_are_lost_on_the_way_because_they_are_large_are_asked_for_in_few_rows(agent):
    """A filter that drops fragments lets small answers by."""
    there = agent(rows(40))

    def filtered(unit, oid):
        small = isinstance(unit, V2C.GetBulkRequestPDU) and int(unit[2]) <= FEW_ROWS
        return there.honest(unit, oid) if small or len(there.asked) == 1 else None

    there.turns = [filtered] * 50
    (column,), _ = read(there.port, "ifName", patience=0.1)

    assert (len(column.rows), column.failure) == (40, None)


def test_a_vlan_is_a_community_of_its_own_and_is_tried_once_as_well(agent):
    there = agent(rows(3))
    (column,), _ = read(there.port, "ifName", vlan="20", patience=0.05)
    assert [community for _, community, _ in there.asked] == [f"{SECRET}@20"]
    assert column.failure is not None

    with_vlan = agent(rows(3), community=f"{SECRET}@20")
    (column,), _ = read(with_vlan.port, "ifName", vlan="20")
    assert (len(column.rows), column.failure) == (3, None)


@pytest.mark.parametrize(
    "turn",
    [
        lambda unit, oid: [((*NAMES, 9), V2C.OctetString("a")), ((*NAMES, 7), V2C.OctetString("b"))],
        lambda unit, oid: [((*NAMES, 9), V2C.OctetString("a")), ((*NAMES, 9), V2C.OctetString("a"))],
    ],
    ids=["backwards", "the same again"],
)
def test_rows_that_do_not_come_in_order_end_the_walk(agent, turn):
    there = agent({}, [turn] * 50)

    (column,), _ = read(there.port, "ifName")

    assert [index for index, _ in column.rows] == [(9,)]
    assert column.failure is not None
    assert column.failure.ending is Ending.MALFORMED
    assert len(there.asked) == 2


@pytest.mark.parametrize("seed", range(12))
def test_an_agent_that_answers_anything_at_all_is_left_within_its_bounds(agent, seed):
    random = Random(seed)

    def anything(unit, oid):
        """Rows of here and elsewhere, in any order, of any kind; an error; nothing; octets that are no message."""
        values = (V2C.OctetString(random.randbytes(9)), V2C.Integer(random.randrange(9)), V2C.EndOfMibView())
        places = [
            (*oid, random.randrange(9)),
            (*NAMES, random.randrange(99)),
            (1, 3, random.randrange(9)),
            (2, 99),
        ]
        found = [(random.choice(places), random.choice(values)) for _ in range(random.randrange(30))]
        return random.choice([found, sorted(found, key=lambda row: row[0]), random.randrange(19), None])

    gate = make_gate(dataclasses.replace(QUICK, router_time=1.0))
    started = time.monotonic()
    (column,), walk = read(agent({}, [anything] * 500).port, "ifName", gate=gate, patience=0.05)

    assert time.monotonic() - started < 4
    assert walk.asked <= 500
    indexes = [index for index, _ in column.rows]
    assert indexes == sorted(set(indexes))
    assert len(indexes) <= QUICK.router_rows


def test_an_agent_that_goes_back_to_its_beginning_ends_the_walk(agent):
    there = agent({}, [lambda unit, oid: [((1, 3, 6, 1, 2, 1, 1, 1, 0), V2C.OctetString("x"))]] * 50)

    (column,), _ = read(there.port, "ifName")

    assert column.failure is not None
    assert (column.rows, column.failure.ending, len(there.asked)) == ((), Ending.MALFORMED, 1)


def test_rows_are_bounded_however_many_the_agent_has(agent):
    def endless(unit, oid):
        last = oid[-1] if len(oid) > len(NAMES) else 0
        return [((*NAMES, last + step), V2C.OctetString("x")) for step in range(1, 200)]

    (column,), _ = read(agent({}, [endless] * 500).port, "ifName")

    assert column.failure is not None
    assert (len(column.rows), column.failure.ending) == (100, Ending.CUT)


def test_the_time_of_a_router_is_bounded(agent):
    def slow(unit, oid):
        time.sleep(0.1)
        return [((*oid, 1), V2C.OctetString("x"))]

    started = time.monotonic()
    (column,), _ = read(
        agent({}, [slow] * 100).port, "ifName", gate=make_gate(dataclasses.replace(QUICK, router_time=0.5))
    )

    assert time.monotonic() - started < 2
    assert column.failure is not None
    assert (column.failure.ending, bool(column.rows)) == (Ending.STOPPED_BY_US, True)


@pytest.mark.parametrize(
    ("error", "ending"), [(5, Ending.MALFORMED), (16, Ending.REFUSED), (6, Ending.REFUSED)]
)
def test_an_error_ends_the_column_with_its_word(agent, error, ending):
    (column,), _ = read(agent({}, [lambda unit, oid: error]).port, "ifName")

    assert column.failure is not None
    assert column.failure.ending is ending


def test_an_answer_that_is_too_big_is_asked_for_in_smaller_pieces(agent):
    there = agent(rows(40))
    there.turns = [lambda unit, oid: 1, lambda unit, oid: 1]

    (column,), _ = read(there.port, "ifName")

    assert (len(column.rows), column.failure) == (40, None)


def test_no_such_name_is_the_end_of_an_old_agent(agent):
    (column,), _ = read(agent({}, [lambda unit, oid: 2]).port, "ifName", size=1)

    assert (column.rows, column.failure) == ((), None)


def test_a_closed_port_is_said_at_once():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    (column,), _ = read(port, "ifName")

    assert column.failure is not None
    assert column.failure.ending is Ending.REFUSED


def test_an_answer_to_another_question_does_not_count(agent):
    there = agent(rows(2))
    real = there._message

    def other(message, values):
        unit = V2C.apiMessage.get_pdu(message)
        V2C.apiPDU.set_request_id(unit, int(V2C.apiPDU.get_request_id(unit)) ^ 1)
        return real(message, values)

    there._message = other

    (column,), _ = read(there.port, "ifName", patience=0.05)

    assert column.failure is not None
    assert column.failure.detail.startswith("no answer")


def test_the_rate_of_one_host_is_kept(agent):
    there = agent(rows(250))
    gate = make_gate(dataclasses.replace(QUICK, host_rate=20.0))

    started = time.monotonic()
    read(there.port, "ifName", gate=gate)

    assert time.monotonic() - started >= (len(there.asked) - 1) / 20 * 0.9


def test_what_the_gate_refuses_is_not_asked(agent):
    there = agent(rows(3))
    gate = make_gate()
    gate.close("stopped")

    with pytest.raises(Refused):
        read(there.port, "ifName", gate=gate)

    time.sleep(0.05)
    assert there.asked == []


def test_the_credential_is_nowhere_but_on_the_wire(agent, caplog):
    caplog.set_level(logging.DEBUG)
    user = SnmpUser("only-user", Authentication.SHA, "sign-word", Privacy.AES, "hide-word")

    columns, walk = read(agent(rows(2)).port, "ifName")
    failure, other = read(9, credential=user, patience=0.05)

    shown = repr(walk) + repr(columns) + repr(failure) + repr(other) + repr(vars(other)) + caplog.text
    shown += repr(Community(SECRET)) + str(Community(SECRET)) + repr(user) + str(user)
    assert not [word for word in (SECRET, "only-user", "sign-word", "hide-word") if word in shown]


def test_where_nothing_can_encrypt_nothing_is_sent_in_clear(agent, monkeypatch):
    monkeypatch.setattr("pysnmp.proto.secmod.rfc3826.priv.aes.PysnmpCryptoError", True)
    there = agent(rows(1))

    failure, walk = read(there.port, "ifName", credential=USERS["sha-aes"])

    assert failure.ending is Ending.NEVER_ASKED
    assert "cryptography" in failure.detail
    assert walk.asked == 0


def test_without_a_route_the_router_was_never_asked():
    gate = Gate(Scope.of([]), QUICK, routers=("fe80::1%no-such-link",))
    walk = TableWalk(gate, "fe80::1%no-such-link", Community(SECRET))

    failure = asyncio.run(walk.open())

    assert failure is not None
    assert failure.ending is Ending.NEVER_ASKED


# Version 3, by a real agent on loopback.

USERS = {
    "md5-des": SnmpUser("one", Authentication.MD5, "sign-one-1", Privacy.DES, "hide-one-1"),
    "sha-aes": SnmpUser("two", Authentication.SHA, "sign-two-2", Privacy.AES, "hide-two-2"),
    "sha256-aes": SnmpUser("three", Authentication.SHA256, "sign-three", Privacy.AES, "hide-three"),
    "sha512-aes": SnmpUser("four", Authentication.SHA512, "sign-four", Privacy.AES, "hide-four"),
    "signed": SnmpUser("five", Authentication.SHA, "sign-five"),
    "open": SnmpUser("six"),
}
GOOD = USERS["sha-aes"]
WRONG = {
    "user": (dataclasses.replace(GOOD, name="who"), "does not know the user"),
    "signature": (dataclasses.replace(GOOD, authentication_password="another"), "refused the signature"),
    "privacy": (dataclasses.replace(GOOD, privacy_password="another-1"), "no answer"),
}


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory):
    """The port of a real agent that knows these users."""
    program = shutil.which("snmpd", path="/usr/sbin:/sbin:/usr/bin")
    if program is None:
        pytest.skip("snmpd is not installed (Debian package snmpd)")
    folder = tmp_path_factory.mktemp("snmpd")
    lines = ["sysName core-1"]
    for user in USERS.values():
        words = [user.name]
        if user.authentication_password:
            words += [user.authentication, f'"{user.authentication_password}"']
        if user.privacy_password:
            words += [user.privacy, f'"{user.privacy_password}"']
        level = ("noauth", "auth", "priv")[bool(user.authentication_password) + bool(user.privacy_password)]
        lines += [f"createUser {' '.join(words)}", f"rouser {user.name} {level}"]
    (folder / "conf").write_text("\n".join(lines) + "\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    agent = subprocess.Popen(
        [program, "-f", "-Lf", str(folder / "log"), "-C", "-c", str(folder / "conf"), "-m", "",
         f"--persistentDir={folder}", f"udp:127.0.0.1:{port}"]
    )  # fmt: skip
    time.sleep(1.5)
    yield port
    agent.terminate()
    agent.wait(5)


@pytest.mark.peer
@pytest.mark.parametrize("user", USERS.values(), ids=USERS)
def test_a_real_agent_answers_each_kind_of_user(snmpd, user):
    (name, ports), walk = read(snmpd, "sysName", "ifName", credential=user, patience=1.0)

    assert (name.rows, name.failure) == ((((0,), b"core-1"),), None)
    assert ports.failure is None
    assert b"lo" in [value for _, value in ports.rows]
    assert walk.asked <= 4


@pytest.mark.peer
@pytest.mark.parametrize(("user", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_user_of_version_3_is_tried_once(snmpd, user, words):
    (column,), walk = read(snmpd, "sysName", credential=user, patience=0.2)

    assert column.failure is not None
    assert words in column.failure.detail
    assert column.failure.denied
    assert walk.asked == 2  # the question for the engine's name bears no user


@pytest.mark.peer
def test_a_context_that_is_not_there_costs_that_context_alone(snmpd):
    (column,), _ = read(snmpd, "sysName", credential=GOOD, vlan="20", patience=1.0)

    assert column.failure is not None
    assert not column.failure.denied or column.failure.ending is Ending.SILENT
