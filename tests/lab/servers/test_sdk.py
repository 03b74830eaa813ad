from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from scanner.lab import Lab
from scanner.model.protocol import Protocol
from scanner.parsers import read


def test_the_sdk_port_of_most_devices_says_nothing(client: Any) -> None:
    with client.connect("camera-v52", 8000) as opened:
        opened.settimeout(0.7)
        try:
            said = opened.recv(100)
        except TimeoutError:
            said = None
    assert said is None


def test_one_camera_and_the_ezviz_say_their_sixteen_bytes_within_two_seconds(client: Any) -> None:
    for name, status in (("camera-v3", 30), ("ezviz", 13)):
        with client.connect(name, 8000) as opened:
            started = time.monotonic()
            said = opened.recv(100)
            assert time.monotonic() - started < 2
        assert len(said) == 16
        assert said[7] == said[11] == status
        assert read(Protocol.SDK8000, said)["banner.hex"] == (said.hex(),)


def test_listening_is_no_trespass_and_one_byte_is(
    make_lab: Callable[..., Lab], ask: Callable[..., Any]
) -> None:
    with make_lab("ezviz") as lab:
        client = ask(lab)
        with client.connect("ezviz", 9020):
            time.sleep(0.1)
        assert client.certificate("ezviz", 8443)
        with client.connect("ezviz", 9010) as opened:
            opened.sendall(b"\0")
            opened.shutdown(1)
            opened.recv(1)
        assert client.get("ezviz", "/", 8443, tls=True) == b"", "8443 closes on what it cannot read"
        (found,) = lab.recorder.records("ezviz", "unexpected")
        assert found.port == 9010
