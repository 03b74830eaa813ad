from __future__ import annotations

import asyncio

import pytest

from scanner.journal import Journal, read_journal
from scanner.model.coverage import AddressState
from scanner.model.credential import Community
from scanner.model.ending import Ended, Ending
from scanner.model.errors import Refused
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.sighting import Sighting
from scanner.policy.rules import ROUTER
from scanner.run import router as module
from scanner.run.credentials import Credentials
from scanner.run.recorder import Recorder
from scanner.run.result import RunResult
from scanner.run.router import Routers
from scanner.transports import snmp_walk
from scanner.transports.snmp_walk import Column, Failure

CAMERA = b"\x44\x19\xb6\x00\x00\x01"
MAC = "44:19:b6:00:00:01"
SILENT = Failure(Ending.SILENT, "no answer")


def arp(*lasts: int, prefix=(127, 9, 9), value=CAMERA):
    return tuple(((3, 1, 4, *prefix, last), value) for last in lasts)


NAMED = {"sysName": (((0,), b"core-1"),)}
SEAT = {
    "dot1dTpFdbPort": ((tuple(CAMERA), 1),),
    "dot1dTpFdbStatus": ((tuple(CAMERA), 3),),
    "dot1dBasePortIfIndex": (((1,), 7),),
    "ifName": (((7,), b"Gi1/0/7"),),
}


@pytest.fixture
def site(plan, started, knowledge, tmp_path, monkeypatch):
    """``site({address: columns}, …)``: routers made of columns, read to the end; gives recorder and hosts."""

    def run(routers, *targets, stop=False, cut=False, heard=()):
        made = plan(
            *(targets or ("127.9.9.0/29",)),
            routers=tuple(routers),
            credentials=Credentials({"default": Community("word")}) if routers else None,
        )

        class Walk:
            def __init__(self, gate, address, credential):
                self.columns = routers[address]

            async def open(self):
                if isinstance(self.columns, BaseException):
                    raise self.columns
                return self.columns if isinstance(self.columns, Failure) else None

            async def column(self, name, *, vlan="", rows=25):
                found = self.columns.get(name, ())
                if found == "hangs":
                    await asyncio.sleep(60)
                return Column(name, *found) if isinstance(found, list) else Column(name, found)

            def close(self):
                pass

        monkeypatch.setattr(snmp_walk, "TableWalk", Walk)
        ranges = tuple(map(str, made.scope.walked))
        begun = started(walked=ranges, unwalked=tuple(map(str, made.scope.unwalked)), connected=())
        recorder = Recorder(Journal(tmp_path / "journal"), RunResult(begun, knowledge), lambda reason: None)
        recorder.begin()
        for host in heard:
            recorder.observe("arp", host, Protocol.MAC, 0, MAC.encode())
        hosts: list[str] = []
        reader = Routers(made, None, recorder, hosts.append)

        async def go():
            task = asyncio.create_task(reader.read())
            await asyncio.wait({task}, timeout=0.2 if cut else 30)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        if not stop:
            asyncio.run(go())
        reader.finish()
        recorder.close()
        return recorder, hosts

    return run


def records(recorder, kind):
    return [one for one in read_journal(recorder._journal.path) if isinstance(one, kind)]


def gaps(recorder):
    found = recorder.result.ledger.coverage().gaps
    return [(gap.targets, gap.state, gap.affects_verdict) for gap in found if gap.method == ROUTER]


def test_an_address_in_scope_has_the_mac_that_its_router_knows_and_is_a_host_to_look_at(site):
    recorder, hosts = site({"127.8.0.1": NAMED | {"ipNetToPhysicalPhysAddress": arp(2, 3)}})

    observations = records(recorder, Observation)
    assert [(one.host, one.protocol, one.payload, one.method) for one in observations] == [
        ("127.9.9.2", "mac", MAC.encode(), ROUTER),
        ("127.9.9.3", "mac", MAC.encode(), ROUTER),
    ]
    assert observations[0].request == "ipNetToPhysicalTable of 127.8.0.1"
    assert hosts == ["127.9.9.2", "127.9.9.3"]
    (device,) = recorder.result.devices()
    assert (device.evidenced_maker, device.confidence) == ("hikvision", "probable")


def test_what_a_table_shows_outside_the_targets_is_kept_nowhere(site):
    columns = NAMED | {"ipNetToPhysicalPhysAddress": arp(2, prefix=(127, 7, 7))} | SEAT

    recorder, hosts = site({"127.8.0.1": columns})

    assert (hosts, records(recorder, Observation), records(recorder, Sighting)) == ([], [], [])
    assert gaps(recorder) == [("127.8.0.1", "nothing there", False)]


def test_the_routers_word_is_no_answer_of_the_address_and_no_sign_of_life(site):
    recorder, _ = site({"127.9.9.1": NAMED | {"ipNetToPhysicalPhysAddress": arp(2, 3)}})
    ledger = recorder.result.ledger
    ledger.swept(8)

    coverage = ledger.coverage()

    assert coverage.by_state[AddressState.BLIND] == coverage.addresses
    assert coverage.by_method[ROUTER].answered == 1
    assert coverage.by_method[ROUTER].asked == 1


def test_a_device_is_at_the_port_of_the_switch_that_learnt_it(site):
    switch = {"sysName": (((0,), b"access-2"),)} | SEAT
    recorder, _ = site({"127.8.0.1": NAMED | {"ipNetToPhysicalPhysAddress": arp(2)}, "127.8.0.2": switch})

    (sighting,) = [one for one in records(recorder, Sighting) if one.port]
    assert (sighting.mac, sighting.address) == (MAC, "127.9.9.2")
    assert (sighting.switch, sighting.port, sighting.uplink) == ("access-2", "Gi1/0/7", False)
    (device,) = recorder.result.devices()
    assert [one.port for one in recorder.result.sightings.at_ports_of(device)] == ["Gi1/0/7"]
    assert gaps(recorder) == []


def test_a_device_that_told_its_mac_itself_has_its_port_without_an_address_table(site):
    recorder, _ = site({"127.8.0.2": NAMED | SEAT}, heard=["127.9.9.5"])

    (sighting,) = records(recorder, Sighting)
    assert (sighting.mac, sighting.address, sighting.port) == (MAC, "127.9.9.5", "Gi1/0/7")


def test_a_router_that_was_never_asked_since_the_run_was_stopped_is_a_gap(site):
    recorder, _ = site({"127.8.0.2": NAMED | SEAT}, stop=True)

    assert gaps(recorder) == [("127.8.0.2", "not read", True)]
    assert [one.ending for one in records(recorder, Ended)] == [Ending.NEVER_ASKED]


def test_a_router_that_was_not_read_is_a_gap_that_affects_the_verdict_and_the_other_is_read(site):
    recorder, hosts = site(
        {"127.8.0.1": Failure(Ending.SILENT, "no answer", denied=True),
         "127.8.0.2": NAMED | {"ipNetToPhysicalPhysAddress": arp(2)}}
    )  # fmt: skip

    assert hosts == ["127.9.9.2"]
    assert gaps(recorder) == [("127.8.0.1", "not read", True)]
    assert [(one.address, one.ending) for one in records(recorder, Ended)] == [
        ("127.8.0.1", Ending.SILENT), ("127.8.0.2", Ending.COMPLETE)
    ]  # fmt: skip


def test_what_the_gate_refuses_is_said_and_a_bug_is_counted(site):
    recorder, _ = site(
        {"127.8.0.1": Refused("stopped", "left alone"), "127.8.0.2": ZeroDivisionError("s3cret")}
    )

    assert gaps(recorder) == [("127.8.0.1", "not read", True), ("127.8.0.2", "not read", True)]
    (error,) = recorder.result.errors
    assert error.message.startswith("ZeroDivisionError at test_router.py:")
    assert b"s3cret" not in recorder._journal.path.read_bytes()


def test_a_bug_in_the_join_is_counted_and_the_report_comes_all_the_same(site, monkeypatch):
    monkeypatch.setattr(module, "sightings", lambda *_: 1 // 0)

    recorder, hosts = site({"127.8.0.1": NAMED | {"ipNetToPhysicalPhysAddress": arp(2)}})

    assert hosts == ["127.9.9.2"]
    assert [error.where for error in recorder.result.errors] == [ROUTER]


def test_a_run_that_is_stopped_in_the_middle_keeps_what_was_read_and_says_the_rest(site):
    columns = NAMED | {"ipNetToPhysicalPhysAddress": arp(2), "ifDescr": "hangs"} | SEAT

    recorder, hosts = site({"127.8.0.1": columns}, cut=True)

    assert hosts == ["127.9.9.2"]
    assert [(one.mac, one.port) for one in records(recorder, Sighting)] == [(MAC, "")]
    assert gaps(recorder) == [("127.8.0.1", "read in part", False)]


def test_hosts_of_a_prefix_that_is_too_large_to_walk_are_bounded(site, monkeypatch):
    monkeypatch.setattr(module, "UNWALKED_AT_MOST", 3)
    six = tuple(((3, 2, 16, 0xFD, *[0] * 14, last), CAMERA) for last in range(1, 9))

    recorder, hosts = site({"127.8.0.1": NAMED | {"ipNetToPhysicalPhysAddress": six}}, "fd00::/64")

    assert hosts == ["fd00::1", "fd00::2", "fd00::3"]
    assert ("all", "reduced", True) in gaps(recorder)


def test_without_a_router_nothing_is_done(site):
    recorder, hosts = site({})

    assert (hosts, gaps(recorder)) == ([], [])
