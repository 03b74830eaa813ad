"""No credential stands in a plan, a log, the store, an error or a crash dump: they are searched for by value."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh

pytestmark = [pytest.mark.peer, pytest.mark.slow]
ROUNDUP = "pw-of-hiksweep-4711"
"""That of the tracker's user in conftest."""
SITES = '[sites.lab.networks.a]\ntargets = ["10.1.0.0/24"]\n'
CHILD = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1))
if sys.argv[1] == "--broken":
    del sys.argv[1]
    import scanner.transports.origin, scanner.transports.smtp
    def broken(*given, **more):
        raise ArithmeticError("a fault of the program itself")
    scanner.transports.origin.Origin.session = scanner.transports.smtp.MailServer._connected = broken
from scanner.cli import main
main()
"""
"""The program with every logger at its loudest."""


def _module(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    return made


HERE = Path(__file__).parent
proxies = _module("proxy", HERE / "proxy.py")
hooks = _module("hooks", HERE / "trackers" / "test_webhook.py")
mail = _module("mail_server", HERE.parent / "transports" / "mail_server.py")
Fault = proxies.Fault


@pytest.fixture
def folder(tmp_path, journal_of, things, knowledge):
    """A store with two devices that want tickets."""
    made = tmp_path / "everything"
    made.mkdir()
    store = open_store(str(made / "s.sqlite"), made, make=True)
    take(store, journal_of("2026-01-05", {f"10.1.0.{n}": things.camera(n) for n in (1, 2)}), "lab")
    refresh(store, knowledge)
    store.close()
    return made


@pytest.fixture
def program(folder, tmp_path):
    """Runs the program; what it says is kept beside its store."""
    secret = tmp_path / "secret"

    def configured(table, value):
        secret.touch(mode=0o600)
        secret.write_text(value)
        text = f'[tickets]\n{table}\nsecret = {{ file = "{secret}" }}\n{SITES}'
        (folder / "hiksweep.toml").write_text(text)

    def start(*words, broken=False):
        count = len(list(folder.glob("out-*")))
        command = [sys.executable, "-X", "faulthandler", "-c", CHILD, folder / f"log-{count}"]
        shared = ["--store", folder / "s.sqlite", "--config", folder / "hiksweep.toml"]
        with (folder / f"out-{count}").open("wb") as file:
            return subprocess.Popen(
                [*command, *["--broken"] * broken, "tickets", *words, *shared],
                stdout=file, stderr=subprocess.STDOUT, cwd=tmp_path,
                env=os.environ | {"HIKSWEEP_DATA": str(folder / "data")},
            )  # fmt: skip

    def run(*words, **more):
        return start(*words, **more).wait(120)

    start.configured, start.run = configured, run
    return start


def said(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.glob("out-*"))).decode()


def leaks(folder, *secrets):
    """The files that hold a secret, as it is or as it is written somewhere."""
    forms = {
        form
        for one in secrets
        for form in (
            one.encode(), b64encode(one.encode()), b64encode(f"hiksweep:{one}".encode()),
            b64encode(f"\0me\0{one}".encode()), quote(one, safe="").encode(), one.encode().hex().encode(),
            one.encode("utf-16-le"), json.dumps(one).encode(),
        )
    }  # fmt: skip
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 8
    return [
        (path.name, form) for path in files for data in [path.read_bytes()] for form in forms if form in data
    ]


def test_a_secret_is_found_where_there_is_one(folder):
    for number in range(9):
        (folder / f"out-{number}").write_bytes(b64encode(b"hiksweep:s3cr3t") if number == 4 else b"")
    assert {name for name, _ in leaks(folder, "s3cr3t")} == {"out-4"}


def test_a_tracker_at_fault(program, folder, roundup):
    proxy = proxies.Proxy(roundup.port)
    table = f'tracker = "roundup"\nuser = "hiksweep"\nurl = "http://127.0.0.1:{proxy.port}/t"'
    try:
        program.configured(table, "wrong-secret-0815")
        assert program.run("plan") in (1, 2)
        program.configured(table, ROUNDUP)
        assert program.run("plan", "--output", folder / "plan.json") == 3
        assert "create" in (folder / "plan.json").read_text()
        for fault in (Fault.ECHO, Fault.FAILED_AFTER, Fault.CUT, Fault.HALF):
            proxy.choose = lambda method, fault=fault: Fault.NONE if method == "GET" else fault
            assert program.run("apply") in (1, 2)
            proxy.choose = lambda method, fault=fault: fault
            assert program.run("status") in (1, 2)
        assert "Authorization" in said(folder)  # the server showed us what we had sent
        proxy.choose = lambda method: Fault.NONE if method == "GET" else Fault.STALLED
        child = program("apply")
        while not proxy.hits[Fault.STALLED] and child.poll() is None:
            os.sched_yield()
        child.send_signal(signal.SIGABRT)
        assert child.wait(60) == -signal.SIGABRT
        assert program.run("apply", broken=True) != 0
        proxy.choose = lambda method: Fault.NONE
        assert program.run("apply") in (0, 4)
        assert program.run("status") == 0
    finally:
        proxy.stop()
    assert "Fatal Python error: Aborted" in said(folder)
    assert "ArithmeticError" in said(folder)
    assert leaks(folder, ROUNDUP, "wrong-secret-0815") == []


def test_a_webhook_at_fault(program, folder):
    receiver = hooks.Receiver()
    table = f'tracker = "webhook"\nurl = "{receiver.url}"'
    try:
        for value in ("another-secret-of-us", hooks.SECRET):
            program.configured(table, value)
            receiver.answers = [500, "cut", 404]
            assert program.run("plan", "--output", folder / "plan.json") == 3
            assert program.run("apply") == 1  # its clock is another year's, so nothing is taken
            assert program.run("apply", broken=True) != 0
    finally:
        receiver.stop()
    assert receiver.refused
    assert "ArithmeticError" in said(folder)
    assert leaks(folder, hooks.SECRET, "another-secret-of-us") == []


def test_a_mail_server_at_fault(program, folder, tmp_path):
    certificate = mail.make_certificate(tmp_path / "post.pem")
    with mail.running(certificate) as post:
        table = (
            f'tracker = "email"\nurl = "{post.url}"\nuser = "me"\nauthority = "{certificate}"\n'
            'project = "work@y.example"\nsender = "us@x.example"'
        )
        program.configured(table, "wrong-secret-0815")
        assert program.run("plan") in (1, 2)
        program.configured(table, mail.SECRET)
        assert program.run("plan", "--output", folder / "plan.json") == 3
        post.answers["DATA"] = ["cut", "550 no"]
        assert program.run("apply") in (1, 2)
        assert program.run("apply", broken=True) != 0
        assert program.run("apply") == 0
        assert program.run("status") == 0
        assert len(post.kept) == 3  # one of them twice, by the same Message-ID
    assert "does not let us in" in said(folder)
    assert leaks(folder, mail.SECRET, "wrong-secret-0815") == []
