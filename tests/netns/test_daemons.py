"""Daemons on a wire of their own: two that share a database never send at a time; a new user's first evening."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

LEASE = int(os.environ.get("HIKSWEEP_TEST_LEASE", "6"))
"""Seconds; 30, as a daemon has without a word, makes the test last some minutes."""
STOPPED = int(os.environ.get("HIKSWEEP_TEST_STOP", "14"))
ARP, IPV4 = b"\x08\x06", b"\x08\x00"
ACK, RST, FIN = 0x10, 0x04, 0x01
FIRST, SECOND = "10.77.1.2", "10.77.1.3"


@pytest.fixture
def wire(network):
    """Two scanners and their devices at one switch."""
    switch = network.namespace("switch")
    switch.ip("link", "add", "lan0", "type", "bridge")
    switch.ip("link", "set", "lan0", "up")
    made = {}
    for name, address in (("first", FIRST), ("second", SECOND), ("devices", "10.77.1.10")):
        made[name] = network.namespace(name)
        network.link(made[name], "lan", switch, name)
        switch.ip("link", "set", name, "master", "lan0")
        made[name].ip("address", "add", f"{address}/24", "dev", "lan")
    return made


class Machine:
    """A daemon on a machine of its own, as far as a lease can tell: it has its own numbers of processes."""

    def __init__(self, namespace, folder: Path, text: str) -> None:
        folder.mkdir()
        self.folder, self._namespace = folder, namespace
        (folder / "hiksweep.toml").write_text(text)
        self._outer: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._outer = self._namespace.start(
                "unshare", "--pid", "--fork", "--kill-child", sys.executable, "-m", "scanner", "daemon",
                cwd=self.folder, env=os.environ | {"HIKSWEEP_DATA": str(self.folder / "data")}, stderr=log,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the daemon itself."""
        outer = self._outer.pid
        return int(Path(f"/proc/{outer}/task/{outer}/children").read_text().split()[0])

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def end(self) -> int:
        self.signal(signal.SIGTERM)
        return self._outer.wait(90)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def journals(self) -> list[Path]:
        return sorted(self.folder.glob("data/journals/*.jsonl"))


def questions(tap) -> list[tuple[float, str]]:
    """When which scanner began or said something. That a connection is let go of is no question."""
    found = []
    for when, frame in tap.stamped():
        if frame[12:14] == ARP and frame[20:22] == b"\x00\x01":
            found.append((when, socket.inet_ntoa(frame[28:32])))
        elif frame[12:14] == IPV4:
            source = socket.inet_ntoa(frame[26:30])
            head = 14 + (frame[14] & 15) * 4
            if frame[23] == 6:
                flags, length = frame[head + 13], struct_length(frame, head)
                if flags & (RST | FIN) or (flags & ACK and not length):
                    continue
            found.append((when, source))
    return [one for one in found if one[1] in (FIRST, SECOND)]


def struct_length(frame: bytes, head: int) -> int:
    """Bytes of payload of a TCP segment."""
    total = int.from_bytes(frame[16:18], "big")
    return total - (head - 14) - (frame[head + 12] >> 4) * 4


def wait_for(happened, seconds: float, why: str):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := happened():
            return found
        time.sleep(0.25)
    pytest.fail(why() if callable(why) else why)


def test_two_daemons_on_one_database_never_send_at_a_time_whatever_becomes_of_one(
    wire, lab, postgresql, tmp_path
):
    lab(wire["devices"], {"camera-v55": "10.77.1.31", "nvr": "10.77.1.77"})
    text = (
        (
            f'store = "{postgresql.database()}"\ntime_zone = "UTC"\nrate = {240 / LEASE:g}\nmulticast = false\n'
            f'[daemon]\nlease = "{LEASE}s"\n[sites.main.networks.lan]\ntargets = "10.77.1.16/28"\n'
            'ports = ["http:8081", "http:8082"]\nexclude = ["10.77.1.16"]\n'
        )
        .replace("10.77.1.16/28", "10.77.1.0/24")
        .replace('exclude = ["10.77.1.16"]\n', "")
    )
    tap = wire["devices"].tap("lan")
    machines = {
        FIRST: Machine(wire["first"], tmp_path / "first", text),
        SECOND: Machine(wire["second"], tmp_path / "second", text),
    }

    def logs() -> str:
        return "\n".join(f"{name}:\n{machine.log}" for name, machine in machines.items())

    began = wait_for(lambda: questions(tap), 90, logs)[0]
    one = machines[began[1]]
    other = SECOND if began[1] == FIRST else FIRST
    time.sleep(5)

    one.signal(signal.SIGSTOP)
    stopped = time.time()
    taken = wait_for(lambda: [at for at, who in questions(tap) if who == other], LEASE + 60, logs)[0]
    time.sleep(max(0.0, STOPPED - (time.time() - stopped)))
    one.signal(signal.SIGCONT)
    time.sleep(5)
    machines[other].signal(signal.SIGKILL)
    killed = time.time()
    back = wait_for(
        lambda: [at for at, who in questions(tap) if who == began[1] and at > killed], LEASE + 60, logs
    )[0]
    time.sleep(3)

    asked = sorted(questions(tap))
    changes = [(before, after) for before, after in itertools.pairwise(asked) if before[1] != after[1]]
    assert len(changes) == 2, (changes, logs())
    assert taken - stopped < 60
    assert back - killed < 60
    print(f"stopped: taken over after {taken - stopped:.1f} s; killed: after {back - killed:.1f} s")
    assert one.end() == 0
    runs = {path.name for machine in machines.values() for path in machine.journals()}
    assert len(runs) == 1, (runs, logs())  # who took over went on with the run, with a journal from the store
    (last,) = one.journals()
    kinds = [json.loads(line)["kind"] for line in last.read_text().splitlines()]
    assert kinds.count("run") == 1
    assert kinds.count("resumed") >= 1


def test_a_new_user_edits_two_lines_and_after_the_second_sweep_diff_tells_the_truth(
    wire, lab, command, tmp_path
):
    lab(wire["devices"], {"camera-v55": "10.77.1.31"})
    environment = os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")}

    def hiksweep(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(wire["first"], *words), cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False, timeout=90,
        )  # fmt: skip

    example = hiksweep("config", "example").stdout
    edited = example.replace('"192.0.2.0/24"', '"10.77.1.24/29", "10.77.1.32/29"').replace(
        'windows = ["22:00-05:00"]', "rate = 3000"
    )
    (tmp_path / "hiksweep.toml").write_text(edited)
    daemon = wire["first"].start(
        sys.executable, "-m", "scanner", "daemon", cwd=tmp_path, env=environment,
        stderr=(tmp_path / "log").open("wb"),
    )  # fmt: skip

    def finished(count: int) -> bool:
        found = [path.read_text() for path in (tmp_path / "data").glob("journals/*.jsonl")]
        return sum('"kind":"finish"' in text for text in found) >= count

    wait_for(lambda: finished(1), 90, lambda: (tmp_path / "log").read_text())
    lab(wire["devices"], {"nvr": "10.77.1.33"})
    said = hiksweep("schedule", "run-now", "main/cameras", "--quiet")
    assert said.returncode == 3, said.stderr
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(60) == 0

    diff = hiksweep("diff")

    assert diff.returncode == 3, diff.stdout + diff.stderr
    assert "10.77.1.33" in diff.stdout
    assert "10.77.1.31" not in diff.stdout
