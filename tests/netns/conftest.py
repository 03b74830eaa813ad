"""Small real networks out of namespaces, veths and a router; nothing here touches the machine's own interfaces.

A test asks for `network` (build your own) or `sites` (two near subnets and one behind a router). Python code runs
inside a namespace with ``namespace.run(function)``: a thread enters it, so sockets made there stay there and can be
used from anywhere afterwards. Programs run with ``namespace.start``.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import itertools
import json
import os
import selectors
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_NUMBER = itertools.count(1)
_CLONE_NEWNET = 0x40000000
_SIOCETHTOOL = 0x8946
_OFFLOADS = (
    0x17,
    0x1F,
    0x24,
    0x2C,
)  # checksums, TSO, GSO, GRO: a relay must see frames as a wire carries them
_PACKET_OUTGOING = 4
_SO_TIMESTAMPNS = 35


class Namespace:
    """One network namespace, deleted at the end of the test with every program started in it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._programs: list[subprocess.Popen[bytes]] = []
        self._taps: list[Tap] = []

    def ip(self, *words: str) -> None:
        """Run ``ip`` inside."""
        _command("ip", "-n", self.name, *words)

    def run(self, function: Callable[..., Any], *arguments: Any, within: float = 60.0) -> Any:
        """Call a function in a thread that has entered the namespace; its result or exception comes back."""
        outcome: dict[str, Any] = {}

        def body() -> None:
            try:
                self._enter()
                outcome["result"] = function(*arguments)
            except BaseException as error:
                outcome["error"] = error

        thread = threading.Thread(target=body, name=f"in-{self.name}", daemon=True)
        thread.start()
        thread.join(within)
        if thread.is_alive():
            pytest.fail(f"{getattr(function, '__name__', function)} did not end within {within} s")
        if "error" in outcome:
            raise outcome["error"]
        return outcome["result"]

    def start(self, *words: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start a program inside; it is ended with the namespace."""
        program = subprocess.Popen(
            ["ip", "netns", "exec", self.name, *words],
            stdin=subprocess.DEVNULL,
            **({"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options),
        )
        self._programs.append(program)
        return program

    def nft(self, rules: str) -> None:
        """Load nftables rules inside."""
        _command("ip", "netns", "exec", self.name, "nft", "-f", "-", text=rules)

    def lose(self, every: int = 20) -> None:
        """Drop every n-th IP packet, counted apart in each direction, of what this namespace itself talks."""
        self.nft(
            "table inet loss {\n"
            f"chain in {{ type filter hook input priority 0\n numgen inc mod {every} == 0 drop\n }}\n"
            f"chain out {{ type filter hook output priority 0\n numgen inc mod {every} == 0 drop\n }}\n"
            "}\n"
        )

    def lose_forwarded(self, *interfaces: str, every: int = 20) -> None:
        """Drop every n-th packet that this router forwards, counted apart for each incoming interface."""
        rules = "".join(f' iifname "{name}" numgen inc mod {every} == 0 drop\n' for name in interfaces)
        self.nft(
            f"table inet loss {{\nchain through {{ type filter hook forward priority 0\n{rules} }}\n}}\n"
        )

    def block(self, prefix: str) -> None:
        """Let this router drop what goes to a prefix, without a word."""
        family = "ip6" if ":" in prefix else "ip"
        self.nft(
            "table inet block {\nchain through { type filter hook forward priority 0\n"
            f" {family} daddr {prefix} drop\n }}\n}}\n"
        )

    def tap(self, interface: str) -> Tap:
        """Listen to every frame on an interface from now on."""
        made = Tap(self.run(_packet_socket, interface))
        self._taps.append(made)
        return made

    def _enter(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        with Path("/run/netns", self.name).open() as handle:
            if libc.setns(handle.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def close(self) -> None:
        for tap in self._taps:
            tap.sock.close()
        for program in self._programs:
            if program.poll() is None:
                program.terminate()
        for program in self._programs:
            try:
                program.wait(5)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait(5)
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True, timeout=20)


class Tap:
    """The frames on an interface, both directions, since it was made."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._frames: list[tuple[float, bytes]] = []

    def stamped(self) -> list[tuple[float, bytes]]:
        """Every frame so far with the kernel's time of it, in seconds."""
        with contextlib.suppress(BlockingIOError):
            while len(self._frames) < 100_000:
                frame, control, _, _ = self.sock.recvmsg(65535, 64)
                seconds, nanoseconds = struct.unpack("=qq", control[0][2])
                self._frames.append((seconds + nanoseconds / 1e9, frame))
        return list(self._frames)

    def frames(self) -> list[bytes]:
        """Every frame so far, as bytes from the Ethernet header on."""
        return [frame for _, frame in self.stamped()]

    def said(self) -> list[bytes]:
        """The frames that somebody meant: without neighbour discovery, router solicitation, IGMP and MLD."""
        return [frame for frame in self.frames() if not _housekeeping(frame)]


class Network:
    """Builds namespaces and the wires between them."""

    def __init__(self) -> None:
        self._namespaces: list[Namespace] = []
        self._wires: list[Wire] = []

    def namespace(self, label: str) -> Namespace:
        """A new namespace with its loopback up, IPv6 without duplicate detection, and forwarding off."""
        made = Namespace(f"hs{os.getpid()}-{next(_NUMBER)}-{label}")
        _command("ip", "netns", "add", made.name)
        self._namespaces.append(made)
        made.run(_settings)
        made.ip("link", "set", "lo", "up")
        return made

    def link(self, one: Namespace, its_end: str, other: Namespace, other_end: str) -> None:
        """A wire between two namespaces; each end is named and up, without an IPv4 address."""
        first, second = f"hsa{os.getpid()}{next(_NUMBER)}"[-15:], f"hsb{os.getpid()}{next(_NUMBER)}"[-15:]
        one.ip("link", "add", first, "type", "veth", "peer", "name", second, "netns", other.name)
        for namespace, temporary, name in ((one, first, its_end), (other, second, other_end)):
            namespace.ip("link", "set", temporary, "name", name)
            namespace.run(_offloads_off, name)
            namespace.ip("link", "set", name, "up")

    def slow_link(self, one: Namespace, its_end: str, other: Namespace, other_end: str, delay: float) -> Wire:
        """A wire on which every frame takes ``delay`` seconds each way."""
        middle = self.namespace("wire")
        self.link(one, its_end, middle, "left")
        self.link(other, other_end, middle, "right")
        wire = Wire(middle, delay)
        self._wires.append(wire)
        return wire

    def close(self) -> None:
        for wire in self._wires:
            wire.close()
        for namespace in reversed(self._namespaces):
            namespace.close()


class Wire(threading.Thread):
    """Carries frames between the two ends in the middle namespace, each after a delay."""

    def __init__(self, middle: Namespace, delay: float) -> None:
        super().__init__(name="wire", daemon=True)
        self._delay = delay
        self._ends = middle.run(lambda: [_packet_socket(name) for name in ("left", "right")])
        self._stopping = threading.Event()
        self.carried = 0
        self.start()

    def run(self) -> None:
        waiting: list[tuple[float, int, bytes, socket.socket]] = []
        number = itertools.count()
        with selectors.DefaultSelector() as selector:
            for end, opposite in (self._ends, self._ends[::-1]):
                selector.register(end, selectors.EVENT_READ, opposite)
            while not self._stopping.is_set():
                left = min(waiting[0][0] - time.monotonic(), 0.1) if waiting else 0.1
                for key, _ in selector.select(max(left, 0)):
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            frame, source = key.fileobj.recvfrom(65535)  # type: ignore[union-attr]
                            if source[2] != _PACKET_OUTGOING:
                                due = time.monotonic() + self._delay
                                heapq.heappush(waiting, (due, next(number), frame, key.data))
                while waiting and waiting[0][0] <= time.monotonic():
                    _, _, frame, out = heapq.heappop(waiting)
                    with contextlib.suppress(OSError):
                        out.send(frame)
                        self.carried += 1

    def close(self) -> None:
        self._stopping.set()
        self.join(5)
        for end in self._ends:
            end.close()


class Sites:
    """A scanner between two near subnets and one behind a router.

    ======== ============= =====================================================
    scanner  near1         10.77.1.2/24, fd77:1::2/64; ``near1`` has 10.77.1.10
    scanner  near2         10.77.2.2/24, fd77:2::2/64; ``near2`` has 10.77.2.10
    scanner  uplink        10.77.9.2/30; the router has 10.77.9.1
    router   downlink      10.77.3.1/24; ``far`` has 10.77.3.10
    ======== ============= =====================================================
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.scanner, self.near1, self.near2, self.router, self.far = (
            network.namespace(label) for label in ("scanner", "near1", "near2", "router", "far")
        )
        network.link(self.scanner, "near1", self.near1, "lan")
        network.link(self.scanner, "near2", self.near2, "lan")
        network.link(self.scanner, "uplink", self.router, "uplink")
        network.link(self.router, "downlink", self.far, "lan")
        for namespace, device, addresses in (
            (self.scanner, "near1", ("10.77.1.2/24", "fd77:1::2/64")),
            (self.scanner, "near2", ("10.77.2.2/24", "fd77:2::2/64")),
            (self.scanner, "uplink", ("10.77.9.2/30",)),
            (self.near1, "lan", ("10.77.1.10/24", "fd77:1::10/64")),
            (self.near2, "lan", ("10.77.2.10/24", "fd77:2::10/64")),
            (self.router, "uplink", ("10.77.9.1/30",)),
            (self.router, "downlink", ("10.77.3.1/24",)),
            (self.far, "lan", ("10.77.3.10/24",)),
        ):
            for address in addresses:
                namespace.ip("address", "add", address, "dev", device)
        self.scanner.ip("route", "add", "10.77.3.0/24", "via", "10.77.9.1")
        self.far.ip("route", "add", "default", "via", "10.77.3.1")
        for near, own in ((self.near1, "10.77.1.2"), (self.near2, "10.77.2.2")):
            near.ip("route", "add", "default", "via", own)
        self.router.run(lambda: Path("/proc/sys/net/ipv4/ip_forward").write_text("1"))


class Responder(threading.Thread):
    """A UDP device: answers each datagram that ``reply`` makes bytes of. Bound by count and by its end."""

    def __init__(
        self,
        sock: socket.socket,
        reply: Callable[[bytes], bytes | None],
        to: tuple[str, int] | None = None,
    ) -> None:
        super().__init__(name="responder", daemon=True)
        self.sock, self._reply, self._to = sock, reply, to
        self.heard: list[tuple[bytes, tuple[Any, ...]]] = []
        self._stopping = threading.Event()
        sock.settimeout(0.1)
        self.start()

    def run(self) -> None:
        while not self._stopping.is_set() and len(self.heard) < 1000:
            try:
                data, source = self.sock.recvfrom(65535)
            except TimeoutError:
                continue
            except OSError:
                return
            self.heard.append((data, source))
            answer = self._reply(data)
            if answer is not None:
                with contextlib.suppress(OSError):
                    self.sock.sendto(answer, self._to or source)

    def close(self) -> None:
        self._stopping.set()
        self.join(5)
        self.sock.close()


def _command(*words: str, text: str = "") -> None:
    done = subprocess.run(words, check=False, capture_output=True, input=text.encode(), timeout=20)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode(errors='replace').strip()}")


def _settings() -> None:
    ipv6 = Path("/proc/sys/net/ipv6/conf")
    for name in ("all", "default"):
        for key in ("accept_dad", "accept_ra"):
            with contextlib.suppress(OSError):
                (ipv6 / name / key).write_text("0")


def _offloads_off(name: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in _OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("=II", command, 0))
            request = struct.pack("16sQ16x", name.encode(), ctypes.addressof(value))
            with contextlib.suppress(OSError):
                fcntl.ioctl(control.fileno(), _SIOCETHTOOL, request)


def _housekeeping(frame: bytes) -> bool:
    kind = frame[12:14]
    if kind == b"\x08\x00":
        return frame[23] == 2  # IGMP
    if kind == b"\x86\xdd":
        # MLD comes behind a hop-by-hop header (0); ICMPv6 (58) types 130 and up are not echo
        return frame[20] == 0 or (frame[20] == 58 and frame[54] >= 130)
    return False


def _packet_socket(name: str) -> socket.socket:
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    made.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE: a tap must not lose frames
    made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    made.bind((name, 0x0003))
    made.setblocking(False)
    return made


def _why_no_namespaces() -> str | None:
    if os.geteuid() != 0:
        return "network namespaces need root here"
    if shutil.which("ip") is None:
        return "network namespaces need the program ip (Debian package iproute2)"
    name = f"hs{os.getpid()}-try"
    tried = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True, timeout=20)
    if tried.returncode:
        return f"no network namespace can be made: {tried.stderr.decode(errors='replace').strip()}"
    subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True, timeout=20)
    return None


@pytest.fixture(scope="session")
def namespaces_possible() -> None:
    """Skips, with the reason, where no namespace can be made; HIKSWEEP_REQUIRE_NETNS=1 turns that into a failure."""
    reason = _why_no_namespaces()
    if reason is None:
        return
    if os.environ.get("HIKSWEEP_REQUIRE_NETNS") == "1":
        pytest.fail(f"HIKSWEEP_REQUIRE_NETNS=1, but {reason}")
    pytest.skip(reason)


@pytest.fixture
def network(namespaces_possible: None) -> Iterator[Network]:
    """An empty network to build in."""
    made = Network()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def sites(network: Network) -> Sites:
    """Two near subnets, a router and a far one; see `Sites`."""
    return Sites(network)


@pytest.fixture
def responder() -> Iterator[Callable[..., Responder]]:
    """Makes UDP devices that end with the test: ``responder(socket, reply, to=None)``."""
    made: list[Responder] = []

    def make(*arguments: Any, **options: Any) -> Responder:
        made.append(Responder(*arguments, **options))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.close()


@pytest.fixture
def needs_program() -> Callable[[str, str], str]:
    """``needs_program("snmpd", "snmpd")`` gives the program's path, or skips and names the Debian package."""

    def find(program: str, package: str) -> str:
        path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if path is None:
            pytest.skip(f"{program} is not installed (Debian package {package})")
        return path

    return find


_AVAHI_SERVICE = """<?xml version="1.0" standalone='no'?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name>{name}</name>
  <service><type>{type}</type><port>80</port><txt-record>path=/</txt-record></service>
</service-group>
"""


@pytest.fixture
def avahi(tmp_path, needs_program):
    """Starts avahi-daemon in a namespace with its own service folder, run folder and host name."""
    program = needs_program("avahi-daemon", "avahi-daemon")
    needs_program("dbus-daemon", "dbus")

    def start(namespace, host, services):
        folder = tmp_path / namespace.name
        (folder / "services").mkdir(parents=True)
        (folder / "run").mkdir()
        for number, (name, kind) in enumerate(services):
            text = _AVAHI_SERVICE.format(name=name, type=kind)
            (folder / "services" / f"{number}.service").write_text(text)
        (folder / "conf").write_text(
            f"[server]\nhost-name={host}\nenable-dbus=no\nuse-ipv6=yes\nallow-interfaces=lan\n"
            "[publish]\npublish-hinfo=no\npublish-workstation=no\n"
        )
        # `ip netns exec` gives a mount namespace of its own, so these mounts are seen by the daemon alone.
        namespace.start(
            "sh",
            "-ec",
            f"mount --bind {folder}/services /etc/avahi/services\n"
            "mkdir -p /run/avahi-daemon\n"
            f"mount --bind {folder}/run /run/avahi-daemon\n"
            f"exec {program} --no-drop-root --no-rlimits --no-chroot -f {folder}/conf",
            stderr=(folder / "log").open("wb"),
        )
        for _ in range(100):
            if b"Service" in (said := (folder / "log").read_bytes()) and b"successfully established" in said:
                return
            time.sleep(0.1)
        pytest.fail(f"avahi-daemon did not come up: {said.decode(errors='replace')}")

    return start


class Ran:
    """A scan that ended: its code, its JSON, what it said, and how long it took."""

    def __init__(self, done: subprocess.CompletedProcess[str], seconds: float) -> None:
        self.code, self.said, self.seconds = done.returncode, done.stderr, seconds
        self.result: dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {}

    def found(self) -> set[str]:
        """Addresses of everything that is evidenced to be the maker's."""
        return {
            address
            for device in self.result["devices"]
            if device["evidenced_maker"] == "hikvision"
            for address in device["addresses"]
        }

    def gaps(self, word: str) -> list[dict[str, Any]]:
        """The gaps that say this anywhere."""
        return [gap for gap in self.result["coverage"]["gaps"] if word in json.dumps(gap)]

    @property
    def states(self) -> Counter[str]:
        """How many addresses are in which state; states without any are left out."""
        return Counter({name: count for name, count in self.result["coverage"]["by_state"].items() if count})

    @property
    def methods(self) -> dict[str, dict[str, int]]:
        """The counts of each method."""
        return self.result["coverage"]["by_method"]


@pytest.fixture
def command() -> Callable[..., list[str]]:
    """``command(namespace, "scan", …)``: the words that run hiksweep inside a namespace."""

    def words(namespace: Namespace, *given: str, before: tuple[str, ...] = ()) -> list[str]:
        return ["ip", "netns", "exec", namespace.name, *before, sys.executable, "-m", "scanner", *given]

    return words


@pytest.fixture
def scan(command, tmp_path) -> Callable[..., Ran]:
    """``scan(namespace, target, …, rate=5000, before=())``: a whole scan from inside a namespace."""

    def run(namespace: Namespace, *given: str, rate: int = 5000, before: tuple[str, ...] = ()) -> Ran:
        words = command(
            namespace, "scan", *given, "--rate", str(rate), "--format", "json", "--quiet", before=before
        )
        started = time.monotonic()
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            env=os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")},
            timeout=150,
            check=False,
        )
        return Ran(done, time.monotonic() - started)

    return run


@pytest.fixture
def lab() -> Callable[[Namespace, dict[str, str]], None]:
    """Starts devices of the rehearsal network at these addresses of a namespace, with their true ports."""

    def up(namespace: Namespace, devices: dict[str, str]) -> None:
        for address in devices.values():
            namespace.ip("address", "add", f"{address}/24", "dev", "lan")
        places = [word for name, address in devices.items() for word in ("--address", f"{name}={address}")]
        words = ["--base", "10.77.0.0/16", "--only", ",".join(devices), *places]
        started = namespace.start(
            sys.executable, "-m", "scanner", "lab", "up", *words, stderr=subprocess.PIPE
        )
        os.set_blocking(started.stderr.fileno(), False)
        until, said = time.monotonic() + 20, b""
        while b"devices are up" not in said:
            assert time.monotonic() < until, said.decode()
            assert started.poll() is None, said.decode()
            said += started.stderr.read() or b""
            time.sleep(0.05)

    return up
