"""The contract of ``identify``: lines in, lines out, errors by number, exit codes."""

from __future__ import annotations

import base64
import gzip
import json
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli.identify import command
from scanner.model.device import Device
from scanner.model.errors import UsageError
from scanner.reporter.device import device_fields
from scanner.reporter.schema import load_schema

REALM = 'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="DS-2CD2143G2-I", nonce="1"\r\n\r\n'
KEYS = ["host", *device_fields(Device("dev-1", ()))]


def line(host="192.0.2.1", protocol="rtsp", payload=REALM, **more):
    return json.dumps({"host": host, "protocol": protocol, "payload": payload, **more})


def run(text: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), input=text)


def devices(result: Result):
    return [json.loads(one) for one in result.stdout.splitlines()]


def test_one_line_a_host_in_the_order_of_their_first_appearance():
    text = "\n".join([line("b"), line("a"), line("b", "mac", "44:19:b6:01:02:03"), line("c", "ftp", "220 x")])
    result = run(text)
    assert result.exit_code == 0
    found = devices(result)
    assert [one["host"] for one in found] == ["b", "a", "c"]
    assert [one["evidenced_maker"] for one in found] == ["hikvision", "hikvision", "unknown"]
    assert all(list(one) == KEYS for one in found)
    assert found[0]["mac"] == "44:19:b6:01:02:03"
    assert found[0]["mandates"] == []
    assert result.stderr == ""


def test_devices_behind_one_address_are_one_line_with_the_others_in_it():
    other = 'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="4419b6010203", nonce="1"\r\n\r\n'
    text = "\n".join(
        [
            line(payload=other, port=554),
            line(payload=other.replace("010203", "010204"), port=10554),
        ]
    )
    jsonschema = pytest.importorskip("jsonschema")
    (found,) = devices(run(text))
    assert (found["mac"], found["ports"]) == ("44:19:b6:01:02:03", [554])
    (second,) = found["also"]
    assert (second["mac"], second["ports"]) == ("44:19:b6:01:02:04", [10554])
    assert second["id"] != found["id"]
    jsonschema.validate(found, load_schema("identify"))


def test_every_line_keeps_the_shipped_schema():
    jsonschema = pytest.importorskip("jsonschema")
    result = run(line() + "\n" + line("x", "telnet", "login:"))
    for one in devices(result):
        jsonschema.validate(one, load_schema("identify"))


def test_spellings_of_one_address_are_one_host():
    result = run("\n".join([line("2001:DB8:0::1"), line("2001:db8::1"), line("[2001:db8::1]")]))
    assert [one["host"] for one in devices(result)] == ["2001:db8::1"]


def test_a_file_is_read_and_exact_bytes_win(tmp_path):
    path = tmp_path / "replies.jsonl"
    record = {
        "host": "h",
        "protocol": "rtsp",
        "payload": "nothing",
        "payload_b64": base64.b64encode(REALM.encode()).decode(),
    }
    path.write_text(json.dumps({**record, "whatever": 1}), encoding="utf-8")
    result = CliRunner().invoke(command, [str(path)])
    assert [one["model"] for one in devices(result)] == ["DS-2CD2143G2-I"]


def test_line_feeds_alone_and_absent_ports_are_as_good():
    (found,) = devices(run(line(payload=REALM.replace("\r\n", "\n"))))
    assert found["model"] == "DS-2CD2143G2-I"
    assert {one["port"] for one in found["evidence"]} == {0}


@pytest.mark.parametrize("text", ["", "\n \n\n"])
def test_empty_input_is_no_error(text):
    result = run(text)
    assert (result.exit_code, result.output) == (0, "")


BAD = [
    "not json",
    "[1]",
    '{"protocol":"http","payload":""}',
    '{"host":"","protocol":"http","payload":""}',
    '{"host":"h","protocol":"gopher","payload":""}',
    '{"host":"h","protocol":"http"}',
    '{"host":"h","protocol":"http","payload":5}',
    '{"host":"h","protocol":"http","payload_b64":"%%%"}',
    '{"host":"h","protocol":"http","payload":"x","port":-1}',
    '{"host":"h","protocol":"http","payload":"x","request":5}',
    "[" * 5000,
]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_told_by_its_number_and_the_rest_goes_on(bad):
    result = run(f"{line('a')}\n\n{bad}\n{line('b')}\n")
    assert result.exit_code == 0
    assert [one["host"] for one in devices(result)] == ["a", "b"]
    assert result.stderr.startswith("line 3: ")
    assert result.stderr.count("\n") == 1


def test_nothing_readable_at_all_is_a_usage_error():
    result = run("\n".join(BAD))
    assert isinstance(result.exception, UsageError)
    assert result.stdout == ""
    assert result.stderr.count("line ") >= len(BAD)


def test_a_line_beyond_the_limit_is_skipped_to_its_end(monkeypatch):
    monkeypatch.setattr("scanner.cli.identify.LINE_LIMIT", 400)
    monkeypatch.setattr("scanner.parsers.observations.LINE_LIMIT", 400)
    result = run(f"{line('a', payload='x' * 5000)}\n{line('b')}\n")
    assert [one["host"] for one in devices(result)] == ["b"]
    assert result.stderr.startswith("line 1: ")


def test_an_unreadable_payload_keeps_its_host_and_is_told():
    result = run(line("a", "mac", "no address") + "\n" + line("b"))
    assert [one["host"] for one in devices(result)] == ["a", "b"]
    assert result.stderr == "line 1: the payload cannot be read as mac\n"


def test_a_missing_file_is_a_usage_error(tmp_path):
    result = CliRunner().invoke(command, [str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, UsageError)
    assert "none.jsonl" in str(result.exception)


def test_terminal_escapes_do_not_come_through():
    reply = "<DeviceInfo><model>\x1b[31mDS-2CD2143G2-I\x1b[0m</model></DeviceInfo>"
    result = run(line(protocol="isapi", payload=reply))
    assert "\x1b" not in result.output
    assert result.exit_code == 0


def test_a_profile_adds_mandates_and_facts_are_read(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("defaults: {}\n", encoding="utf-8")
    result = run(line(), "--profile", "us-federal-agency", "--facts", str(facts))
    assert result.exit_code == 0, result.exception
    (found,) = devices(result)
    assert found["mandates"]
    assert all(one["applies"] for one in found["mandates"])


def test_a_single_fact_is_taken_and_a_wrong_one_refused():
    result = run(line(), "--profile", "us-federal-agency", "--fact", "acquired_on=2024-03-01")
    assert result.exit_code == 0, result.exception
    assert isinstance(run(line(), "--fact", "no-such-fact=1").exception, UsageError)


def test_an_unknown_profile_and_missing_facts_are_usage_errors(tmp_path):
    assert isinstance(run("", "--profile", "no-such-profile").exception, UsageError)
    assert isinstance(run(line(), "--facts", str(tmp_path / "none.yaml")).exception, UsageError)


def test_a_fault_of_ours_is_said(monkeypatch):
    def broken(*_):
        raise RuntimeError("bug")

    monkeypatch.setattr("scanner.matcher.reading.match", broken)
    result = run(line())
    assert result.exit_code == 0
    assert "1 observations met a fault" in result.stderr


def test_the_help_has_an_example(tmp_path):
    text = CliRunner().invoke(command, ["--help"]).output
    assert "Example:" in text
    assert "--profile" in text
    assert Path(tmp_path).exists()


SADP = (
    b'<?xml version="1.0" encoding="UTF-8" ?>\n<ProbeMatch><Uuid>X</Uuid>\n<Types>inquiry</Types>\n'
    b"<DeviceDescription>DS-2CD2385G1-I</DeviceDescription>\n"
    b"<DeviceSN>DS-2CD2385G1-I20200414AAWRE33842150</DeviceSN>\n<MAC>58-50-ed-1f-e3-85</MAC>\n</ProbeMatch>"
)


def capture(*packets):
    """A pcap file of Ethernet packets, as the format's specification draws it."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    return head + b"".join(struct.pack("<IIII", 0, 0, len(one), len(one)) + one for one in packets)


def udp_packet(payload, port=37020):
    udp = struct.pack("!HHHH", port, port, 8 + len(payload), 0) + payload
    address = bytes((192, 0, 2, 9))
    ip = (
        struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0)
        + address
        + bytes((239, 255, 255, 250))
    )
    return bytes.fromhex("01005e7ffffa5850ed1fe3850800") + ip + udp


def test_a_capture_is_read_for_the_makers_own_discovery(tmp_path):
    file = tmp_path / "wire.pcap"
    file.write_bytes(capture(udp_packet(SADP)))
    result = CliRunner().invoke(command, [str(file)])
    (line,) = result.stdout.splitlines()
    device = json.loads(line)
    assert (device["host"], device["evidenced_maker"]) == ("192.0.2.9", "hikvision")
    assert (device["model"], device["confidence"]) == ("DS-2CD2385G1-I", "confirmed")
    assert result.exit_code == 0


def test_a_capture_is_read_for_replies_too_and_may_be_packed():
    packed = Path(__file__).parents[1] / "importers/samples/pcap_scan.pcap.gz"
    result = CliRunner().invoke(command, [str(packed)])
    found = {
        device["host"]: device["evidenced_maker"] for device in map(json.loads, result.stdout.splitlines())
    }

    assert found == {
        "10.77.0.11": "hikvision",
        "10.77.0.14": "hikvision",
        "10.77.0.23": "hikvision",
        "10.77.0.57": "unknown",
    }


def test_a_capture_without_packets_and_a_damaged_archive_say_so(tmp_path):
    empty, damaged = tmp_path / "empty.pcap", tmp_path / "cut.pcap.gz"
    empty.write_bytes(capture())
    damaged.write_bytes(gzip.compress(capture(*[udp_packet(SADP)] * 9))[:-9])

    assert "holds no packets" in CliRunner().invoke(command, [str(empty)]).stderr
    assert "cut short" in CliRunner().invoke(command, [str(damaged)]).stderr


def test_a_capture_without_a_device_is_no_error_and_a_cut_one_says_so(tmp_path):
    file = tmp_path / "wire.pcap"
    file.write_bytes(capture(udp_packet(b"hello", 5000)))
    assert CliRunner().invoke(command, [str(file)]).exit_code == 0
    file.write_bytes(capture(udp_packet(SADP), udp_packet(SADP))[:-20])
    result = CliRunner().invoke(command, [str(file)])
    assert "cut" in result.stderr
    assert len(result.stdout.splitlines()) == 1
