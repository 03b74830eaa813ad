from __future__ import annotations

import ipaddress
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from click.testing import CliRunner

from scanner.cli import doctor
from scanner.cli.doctor import NO, PARTLY, YES, Capability, command, examine, table
from scanner.policy.rules import SADP_PORT
from scanner.transports.interfaces import Interface
from scanner.transports.netlink import NetlinkUnavailable

SCHEMA = json.loads(Path(doctor.__file__).parents[1].joinpath("schemas/doctor.schema.json").read_text())


def one(check, number=0):
    return list(check())[number]


def test_it_runs_here_and_ends_with_zero():
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0
    for name in ("raw sockets", f"UDP port {SADP_PORT}", "nmap", "IPv6", "neighbour table", "clock"):
        assert name in result.output
    assert all(len(line) <= 120 for line in result.output.splitlines())


def test_json_follows_its_schema():
    result = CliRunner().invoke(command, ["--format", "json"])
    assert result.exit_code == 0
    jsonschema.validate(json.loads(result.output), SCHEMA)


def test_it_loads_neither_scapy_nor_nmap():
    code = (
        "import sys; from scanner.cli.doctor import examine; list(examine()); "
        "print({'scapy', 'nmap', 'zeroconf', 'pysnmp', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"


def test_every_lack_names_its_cost():
    for found in examine():
        assert found.state in {YES, PARTLY, NO}
        assert found.detail
        assert found.state == YES or found.cost or found.detail.startswith("could not be examined")


def test_a_check_that_cannot_be_made_is_told(monkeypatch):
    def broken():
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(doctor, "CHECKS", (("IPv6", broken),))
    (found,) = examine()
    assert (found.name, found.state) == ("IPv6", NO)
    assert "Input/output error" in found.detail


def test_long_texts_are_wrapped_under_their_column():
    found = Capability("clock", NO, "word " * 40, "price " * 40)
    lines = list(table([found], 80))
    assert lines[0].startswith("no    clock ")
    assert all(len(line) <= 80 for line in lines)
    assert sum("→" in line for line in lines) == 1


def test_without_privileges_it_says_what_is_lost(monkeypatch):
    monkeypatch.setattr(doctor, "raw_sockets", lambda: False)
    found = one(doctor._raw_sockets)
    assert found.state == NO
    assert "ARP" in found.cost


WIRE = {
    "name": "x0", "index": 9, "ipv4": (ipaddress.IPv4Interface("10.0.0.1/24"),), "ipv6": (),
    "multicast": True, "loopback": False, "up": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "state", "detail"),
    [
        ({}, YES, "10.0.0.0/24"),
        ({"up": False}, NO, "the interface is down"),
        ({"multicast": False}, NO, "the interface carries no multicast"),
        ({"ipv4": ()}, NO, "the interface has no IPv4 address"),
    ],
)
def test_each_interface_is_told_apart(monkeypatch, change, state, detail):
    loopback = Interface("lo", 1, (), (), multicast=False, loopback=True, up=True)
    unused = Interface("dummy0", 3, (), (), multicast=True, loopback=False, up=False)
    monkeypatch.setattr(doctor, "interfaces", lambda: (loopback, unused, Interface(**(WIRE | change))))
    monkeypatch.setattr(doctor, "device_binding_problem", lambda name: None)
    (found,) = doctor._multicast()
    assert (found.name, found.state) == ("multicast on x0", state)
    assert detail in found.detail


def test_an_old_kernel_costs_little(monkeypatch):
    monkeypatch.setattr(doctor, "interfaces", lambda: (Interface(**WIRE),))
    monkeypatch.setattr(doctor, "device_binding_problem", lambda name: "Operation not permitted")
    assert one(doctor._multicast).state == PARTLY


def test_a_taken_port_and_a_free_one(monkeypatch):
    monkeypatch.setattr(doctor, "port_problem", lambda port: "another program uses it")
    assert one(doctor._port).state == NO
    monkeypatch.setattr(doctor, "port_problem", lambda port: None)
    assert one(doctor._port).state == YES


@pytest.mark.parametrize(
    ("script", "state", "detail"),
    [
        (None, NO, "not installed"),
        ("echo 'Nmap version 7.93 ( https://nmap.org )'", YES, "7.93"),
        ("exit 3", NO, "does not say its version"),
    ],
)
def test_nmap_is_looked_for_on_the_path(monkeypatch, tmp_path, script, state, detail):
    if script:
        (tmp_path / "nmap").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "nmap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = one(doctor._nmap)
    assert found.state == state
    assert detail in found.detail
    assert state == YES or "nmap" in found.cost


def test_ipv6_can_be_off_or_on_loopback_only(monkeypatch):
    monkeypatch.setattr(doctor, "ipv6_problem", lambda: "Cannot assign requested address")
    assert one(doctor._ipv6).state == NO
    monkeypatch.setattr(doctor, "ipv6_problem", lambda: None)
    monkeypatch.setattr(doctor, "interfaces", lambda: (Interface(**WIRE),))
    assert one(doctor._ipv6).state == PARTLY
    six = Interface(**(WIRE | {"ipv6": (ipaddress.IPv6Interface("fe80::1/64"),)}))
    monkeypatch.setattr(doctor, "interfaces", lambda: (six,))
    assert one(doctor._ipv6) == Capability("IPv6", YES, "on x0")


def test_wsl_a_container_and_a_plain_machine(monkeypatch):
    monkeypatch.setattr(platform, "release", lambda: "5.15.90.1-microsoft-standard-WSL2")
    assert "WSL" in one(doctor._surroundings).detail
    monkeypatch.setattr(platform, "release", lambda: "6.1.0-18-amd64")
    monkeypatch.setattr(doctor, "_container", lambda: "docker")
    assert "--network host" in one(doctor._surroundings).cost
    monkeypatch.setattr(doctor, "_container", lambda: None)
    assert one(doctor._surroundings).state == YES


@pytest.mark.parametrize(
    ("mark", "text", "kind"),
    [
        (".dockerenv", "", "docker"),
        ("run/.containerenv", "", "podman"),
        ("run/systemd/container", "lxc\n", "lxc"),
        ("run/systemd/container", "", "unknown"),
        ("elsewhere", "", None),
    ],
)
def test_containers_leave_marks(tmp_path, monkeypatch, mark, text, kind):
    monkeypatch.delenv("container", raising=False)
    (tmp_path / mark).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / mark).write_text(text)
    assert doctor._container(tmp_path) == kind


def test_a_kernel_that_cannot_be_asked_is_told(monkeypatch):
    def refuse():
        raise NetlinkUnavailable(97, "no netlink socket")

    monkeypatch.setattr(doctor, "neighbours", refuse)
    assert one(doctor._neighbours).state == NO


def test_the_data_folder_is_judged_where_it_would_be_made(monkeypatch, tmp_path):
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "not" / "yet"))
    assert one(doctor._folder).state == YES
    assert not (tmp_path / "not").exists()
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: SimpleNamespace(free=1 << 20))
    assert one(doctor._folder).state == PARTLY
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "file" / "below"))
    assert one(doctor._folder).state == NO


def test_few_open_files_slow_a_sweep(monkeypatch):
    monkeypatch.setattr(doctor.resource, "getrlimit", lambda what: (256, 512))
    assert one(doctor._files).state == PARTLY
    monkeypatch.setattr(doctor.resource, "getrlimit", lambda what: (1024, 65536))
    assert one(doctor._files).state == YES


@pytest.mark.parametrize(("synchronised", "state"), [(True, YES), (False, PARTLY), (None, YES)])
def test_the_clock_is_asked_whether_it_is_synchronised(monkeypatch, synchronised, state):
    monkeypatch.setattr(doctor, "_synchronised", lambda: synchronised)
    assert one(doctor._clock).state == state


def test_a_clock_before_the_installation_is_wrong(monkeypatch, tmp_path):
    later = tmp_path / "__init__.py"
    later.write_text("")
    os.utime(later, (4_000_000_000, 4_000_000_000))
    monkeypatch.setattr(doctor.scanner, "__file__", str(later))
    assert one(doctor._clock).state == NO


def test_a_system_without_adjtimex_does_not_say(monkeypatch):
    assert doctor._synchronised() in {True, False, None}
    monkeypatch.setattr(doctor.ctypes, "CDLL", lambda name: object())
    assert doctor._synchronised() is None


def test_an_old_table_of_mac_blocks_is_told(monkeypatch):
    (young,) = [one for one in doctor.examine() if one.name == "MAC blocks"]
    monkeypatch.setattr(doctor, "BLOCKS_DAYS", -1)
    (old,) = [one for one in doctor.examine() if one.name == "MAC blocks"]

    assert (young.detail, old.state) == (old.detail, doctor.PARTLY)
    assert "oui update" in old.cost
