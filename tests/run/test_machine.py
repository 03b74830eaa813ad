"""This machine as a sensor, read from the kernel without a packet."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from scanner.run import machine as module
from scanner.run.machine import data_folder, look_up, this_machine


def test_this_machine_has_a_name_and_loopback():
    found = this_machine()
    assert found.name == socket.gethostname()
    assert "127.0.0.1" in found.own_addresses
    assert any(interface.loopback for interface in found.interfaces)


def test_what_needs_a_raw_socket_is_known(machine):
    assert machine(raw=True).privileges == ("raw-socket",)
    assert machine(raw=False).privileges == ()


def test_connected_networks_are_those_of_interfaces_that_are_up(machine, interface):
    found = machine(
        interface("eth0", "10.1.0.5/24", "fd00:1::5/64", "fe80::5/64"),
        interface("eth1", "10.2.0.5/24", up=False),
    )
    assert [str(network) for network in found.local_networks] == ["10.1.0.0/24", "fd00:1::/64"]
    assert "127.0.0.0/8" in [str(network) for _, network in found.connected]
    assert {"10.1.0.5", "10.2.0.5", "fe80::5", "127.0.0.1"} <= found.own_addresses


def test_a_name_gives_each_address_once_and_no_link_local_one(monkeypatch: pytest.MonkeyPatch):
    entries = [(0, 0, 0, "", (text, 0)) for text in ("10.0.0.7", "10.0.0.7", "fd00::7", "fe80::7%eth0")]
    monkeypatch.setattr(module.socket, "getaddrinfo", lambda *_, **__: entries)
    assert look_up("nvr.site") == ["10.0.0.7", "fd00::7"]


def test_a_name_that_does_not_resolve_has_no_address(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(module.socket, "getaddrinfo", fail)
    assert look_up("x.invalid") == ()


def test_the_data_folder_is_the_users_own_unless_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "here"))
    assert data_folder() == tmp_path / "here"
    monkeypatch.setenv("HIKSWEEP_DATA", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert data_folder() == tmp_path / "share" / "hiksweep"
