"""Finding a device or an address in a run's record, by every name that it has, and every kind of no."""

from __future__ import annotations

from collections import Counter

import pytest

from scanner.journal import GapFound, Journal, Left, Life, Looked, Rejected, RunEnded, Swept
from scanner.model.coverage import AddressState
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.sighting import Sighting
from scanner.run.explain import ENDINGS_AT_MOST, _of_the_subnet, explain, last_journal
from scanner.run.result import build_report, read_result

SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>'
    b"<DeviceSN>DS-2CD2143G2-I20211201AAWRG12345678</DeviceSN><MAC>44-19-b6-01-02-03</MAC>"
    b"<Salt>c0ffee</Salt></ProbeMatch>"
)
END = RunEnded("2026-11-24T12:05:00Z", interrupted=False)


@pytest.fixture
def written(tmp_path, started):
    """``written(record, …, **changes to the first record)``: the file of a journal that holds them."""

    def write(*records, name="run.jsonl", **changes):
        journal = Journal(tmp_path / name)
        for record in (started(**changes), *records, Swept(8), END):
            journal.append(record)
        journal.close()
        return journal.path

    return write


def seen(host="127.9.9.1", protocol=Protocol.SADP, payload=SADP, **more):
    return Observation(host, protocol, payload, 37020, method="sadp", at="2026-11-24T12:01:00Z", **more)


@pytest.mark.parametrize(
    "name",
    ["127.9.9.1", "::ffff:127.9.9.1", "DS-2CD2143G2-I20211201AAWRG12345678", "g12345678", "44-19-B6-01-02-03",
     "4419.b601.0203", "44:19:b6:1:2:3", "4419b6-010203", "4419B6010203"],
)  # fmt: skip
def test_a_device_is_found_by_address_serial_and_mac(written, knowledge, name):
    found = explain(written(seen(), Looked("127.9.9.1")), name, knowledge)

    assert found.device is not None
    assert found.device.evidenced_maker is Maker.HIKVISION
    assert found.states == {"127.9.9.1": AddressState.ANSWERED}
    assert set(found.exhibits) == {piece.observation for piece in found.device.evidence}
    assert found.heard == {"sadp": 1}


def test_the_beginning_of_an_id_is_enough_with_or_without_its_mark(written, knowledge):
    journal = written(seen())
    device = explain(journal, "127.9.9.1", knowledge).device

    assert explain(journal, device.id, knowledge).device == device
    assert explain(journal, device.id[:9], knowledge).device == device
    assert explain(journal, device.id[:5], knowledge).device == device
    assert explain(journal, device.id[4:12].upper(), knowledge).device == device


def test_what_names_nothing_or_several_is_refused_in_one_line(written, knowledge):
    two = written(
        seen(payload=b"44:19:b6:01:02:03", protocol=Protocol.MAC),
        seen(host="127.9.9.2", payload=b"44:19:b6:01:02:04", protocol=Protocol.MAC),
        seen(host="127.9.9.3", payload=SADP),
    )

    with pytest.raises(UsageError, match=r"^nobody: no device of 20261124T120000Z-abc123 has this id"):
        explain(two, "nobody", knowledge)
    with pytest.raises(UsageError, match=r"^dev-: no device"):
        explain(two, "dev-", knowledge)
    with pytest.raises(UsageError, match="cannot be read"):
        explain(two.with_name("none.jsonl"), "127.9.9.1", knowledge)


def test_a_beginning_that_several_devices_share_names_them_and_none_is_told(written, knowledge):
    many = [
        seen(host=f"127.9.8.{last}", payload=f"44:19:b6:01:02:{last:02x}".encode(), protocol=Protocol.MAC)
        for last in range(1, 250)
    ]
    journal = written(*many, walked=("127.9.8.0/24",))
    report = build_report([read_result(journal, knowledge)], knowledge, None, None)
    ids = Counter(device.id[:7] for device in report.devices)
    shared, count = ids.most_common(1)[0]

    with pytest.raises(UsageError, match=rf"^{shared}: {count} devices: dev-.*; name one of them$"):
        explain(journal, shared, knowledge)


def test_a_text_with_escapes_is_refused_without_them(written, knowledge):
    with pytest.raises(UsageError) as refused:
        explain(written(seen()), "x\x1b[2Jy", knowledge)
    assert "\x1b" not in str(refused.value)


def test_an_address_without_a_device_has_its_state_its_endings_and_its_gaps(written, knowledge):
    journal = written(
        Ended("tcp", "127.9.9.4", 80, Ending.REFUSED),
        Life("127.9.9.5"),
        Left("127.9.9.6", "stopped answering"),
        GapFound("127.9.9.0/29", "tcp", "blind", "no sign of life", affects_verdict=True),
        GapFound("10.0.0.0/24", "tcp", "blind", "elsewhere", affects_verdict=True),
        GapFound("lo", "sadp", "off", "an interface", affects_verdict=False),
    )

    refused = explain(journal, "127.9.9.4", knowledge)
    left = explain(journal, "127.9.9.6", knowledge)

    assert refused.device is None
    assert refused.states == {"127.9.9.4": AddressState.REFUSED}
    assert [(one.port, one.ending) for one in refused.endings] == [(80, Ending.REFUSED)]
    assert [gap.reason for gap in refused.gaps] == ["no sign of life"]
    assert left.states == {"127.9.9.6": AddressState.ABORTED}
    assert left.notes == ("127.9.9.6 was left alone: stopped answering",)
    assert "gave a sign of life" in explain(journal, "127.9.9.5", knowledge).notes[0]
    filtered = written(Rejected("127.9.9.7", "127.9.9.254"), name="filtered.jsonl")
    assert "127.9.9.254 on the way" in explain(filtered, "127.9.9.7", knowledge).notes[0]


def test_an_excluded_address_a_silent_one_a_blind_one_and_one_outside(written, knowledge):
    near = written(walked=("127.9.9.0/30", "127.9.9.5-127.9.9.7"), excluded=("127.9.9.4",))
    far = written(name="far.jsonl", walked=("10.9.9.0/29",), connected=())

    assert explain(near, "127.9.9.4", knowledge).states == {"127.9.9.4": AddressState.EXCLUDED}
    assert explain(near, "127.9.9.2", knowledge).states == {"127.9.9.2": AddressState.SILENT}
    assert explain(near, "192.0.2.1", knowledge).states == {"192.0.2.1": None}
    blind = explain(far, "10.9.9.2", knowledge)
    assert (blind.states, blind.routed) == ({"10.9.9.2": AddressState.BLIND}, True)


def test_an_uplink_behind_which_a_device_is_is_told_though_it_is_not_its_port(written, knowledge):
    mac = "44:19:b6:01:02:03"
    uplink = Sighting(mac, "127.9.9.1", "core-1", "Gi1/0/24", uplink=True)
    found = explain(written(seen(), uplink, Sighting(mac, "", "access", "Gi1/0/7")), mac, knowledge)

    assert found.device is not None
    assert [one.port for one in found.device.seen_at] == ["Gi1/0/7"]
    assert f"{mac} is behind port Gi1/0/24 of core-1, which leads to other switches" in found.notes


def test_endings_are_bounded(written, knowledge):
    many = [Ended("http", "127.9.9.1", port, Ending.SILENT) for port in range(1, ENDINGS_AT_MOST + 50)]

    assert len(explain(written(seen(), *many), "127.9.9.1", knowledge).endings) == ENDINGS_AT_MOST


def test_the_last_run_is_the_one_that_started_last(tmp_path, monkeypatch):
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "data"))
    with pytest.raises(UsageError, match="no run is recorded there"):
        last_journal()
    folder = tmp_path / "data" / "journals"
    folder.mkdir(parents=True)
    for name in ("20261124T120000Z-ffffff", "20261125T010000Z-000000", "20261101T000000Z-aaaaaa"):
        (folder / f"{name}.jsonl").touch()

    assert last_journal().name == "20261125T010000Z-000000.jsonl"


def test_a_ghost_is_no_device_and_the_reason_is_carried(written, knowledge):
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>Welcome</body></html>"
    asked = ("GET /", "GET /0123456789abcdef", "GET /SDK/activateStatus", "GET /ISAPI/System/deviceInfo")
    replies = [
        Observation("127.9.9.1", Protocol.HTTP, page, 80, method="http", request=request) for request in asked
    ]

    found = explain(written(*replies, Looked("127.9.9.1")), "127.9.9.1", knowledge)

    assert found.device is None
    assert found.ghost is not None
    assert "one page for every path" in found.ghost.reason
    assert found.states == {"127.9.9.1": AddressState.ANSWERED}


@pytest.mark.parametrize(
    ("address", "note"),
    [
        ("10.1.0.255", "10.1.0.255 is the broadcast address of 10.1.0.0/24, if that is one subnet"),
        ("10.1.0.0", "10.1.0.0 is the address of 10.1.0.0/24 itself, if that is one subnet"),
        ("10.1.0.7", ""),
        ("10.2.0.1", ""),
    ],
)
def test_an_address_that_no_device_has_in_its_subnet_is_told_as_that(address, note):
    told = list(_of_the_subnet([address], ["10.1.0.5/24", "10.2.0.0/31", "fd00::/64", "camera.example"]))

    assert told[0].startswith(note) if note else told == [], told
