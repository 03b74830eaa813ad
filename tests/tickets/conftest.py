"""A real Roundup tracker, and the year of sweeps that the inventory's tests replay."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.tickets.trackers.interface import Place
from scanner.tickets.trackers.roundup import authorise, tracker
from scanner.transports.tracker_http import TrackerHttp

BIN = Path(sys.executable).parent
SECRET = "pw-of-hiksweep-4711"
UP = 30.0
"""Seconds within which a server answers on the busiest machine."""


def _module(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for their own
    spec.loader.exec_module(module)
    return module


once = _module("once", Path(__file__).with_name("once.py"))
_INVENTORY = Path(__file__).parents[1] / "inventory"
say = _module("inventory_words", _INVENTORY / "conftest.py").say
replayed = _module("replayed", _INVENTORY / "test_year.py")
journals = replayed.journals
knowledge = replayed.knowledge


@pytest.fixture
def journal_of(journal_of):
    """Journals of an organisation that a measure binds."""
    return functools.partial(journal_of, profiles=("ca-federal-institution",))


def _admin(home: Path, *words: str) -> None:
    command = [sys.executable, BIN / "roundup-admin", "-i", home, *words]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def _folder() -> Path:
    """A folder that the server's user may look into, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="hiksweep-roundup-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def roundup_home() -> Iterator[Path]:
    """A tracker that was made once: one property more, and a user who is nobody special."""
    folder = _folder()
    home = folder / "t"
    _admin(home, "install", "classic", "sqlite")
    _replace(  # a password is looked at with each request, and this one guards nothing
        home / "config.ini",
        "password_pbkdf2_default_rounds = 250000",
        "password_pbkdf2_default_rounds = 1000",
    )
    _replace(home / "config.ini", "#web = NO DEFAULT", "web = http://127.0.0.1:1/t/")
    _replace(home / "config.ini", "#domain = NO DEFAULT", "domain = test.example")
    _replace(home / "config.ini", "#host = NO DEFAULT", "host = 127.0.0.1")
    _replace(home / "config.ini", "\ndebug = \n", "\ndebug = mail.txt\n")
    _replace(home / "schema.py", 'status=Link("status"))', 'status=Link("status"), hiksweep=String())')
    _admin(home, "initialise", "admin-pass")
    who = ("username=hiksweep", f"password={SECRET}", "address=h@test.example", "roles=User")
    _admin(home, "create", "user", *who)
    yield home
    shutil.rmtree(folder, ignore_errors=True)


class RoundupServer:
    """A Roundup with a database of its own."""

    def __init__(self, folder: Path, made: Path) -> None:
        self.home = folder / "t"
        self._texts: dict[str, list[str]] = {}
        shutil.copytree(made, self.home)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        _replace(self.home / "config.ini", "http://127.0.0.1:1/t/", f"{self.url}/")
        _replace(self.home / "config.ini", "mail.txt", str(folder / "mail.txt"))
        more = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("nobody")
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.pw_uid, owner.pw_gid)
            more = ["-u", "nobody"]
        place = ["-n", "127.0.0.1", "-p", str(self.port), f"t={self.home}"]
        self.process = subprocess.Popen(
            [sys.executable, BIN / "roundup-server", *more, "-t", "thread", *place],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + UP
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/", timeout=5).close()
                return
            time.sleep(0.05)
        raise TimeoutError("roundup does not answer")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/t"

    def stop(self) -> None:
        self.process.kill()  # asked kindly, it waits for every connection that somebody keeps open
        self.process.wait(20)

    # What a person does and sees, by the administrator's own hand.

    def tickets(self) -> list:
        def texts_of(one):
            known = self._texts.setdefault(one["id"], [])
            if len(known) < len(one["messages"]):
                known[:] = self.messages(one["id"])
            return known

        return [
            once.Seen(
                id=one["id"],
                open=one["status"]["id"] != "8",
                memo=one["hiksweep"] or "",
                body=texts[0],
                comments=tuple(texts[1:]),
                duplicate_of=one["superseder"][0]["id"] if one["superseder"] else "",
            )
            for one in self.issues()
            for texts in [texts_of(one)]
        ]

    def close(self, issue: str) -> None:
        self.set(issue, status="resolved")

    def ask(self, path: str, method: str = "GET", data: object = None, **headers: str):
        request = urllib.request.Request(
            f"{self.url}/rest/data/{path}",
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={
                "Authorization": "Basic " + b64encode(b"admin:admin-pass").decode(),
                "Content-Type": "application/json",
                "X-Requested-With": "rest",
                "Origin": f"http://127.0.0.1:{self.port}",
                **headers,
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())["data"], answer.headers

    def issues(self) -> list[dict]:
        found, _ = self.ask(
            "issue?@fields=title,status,hiksweep,messages,superseder&@page_size=5000&@sort=id"
        )
        return found["collection"]

    def messages(self, issue: str) -> list[str]:
        data, _ = self.ask(f"issue/{issue}")
        return [self.ask(f"msg/{one['id']}/content")[0]["data"] for one in data["attributes"]["messages"]]

    def set(self, issue: str, **changes: object) -> None:
        etag = self.ask(f"issue/{issue}")[1]["ETag"]
        self.ask(f"issue/{issue}", "PUT", changes, **{"If-Match": etag})

    def retire(self, issue: str) -> None:
        etag = self.ask(f"issue/{issue}")[1]["ETag"]
        self.ask(f"issue/{issue}", "DELETE", **{"If-Match": etag})


@pytest.fixture
def roundup(roundup_home) -> Iterator[RoundupServer]:
    folder = _folder()
    server = RoundupServer(folder, roundup_home)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def adapter(roundup):
    """Our side of the tracker."""

    def make(url: str | None = None, timeout: float = 20.0, **more):
        place = Place(**({"user": "hiksweep"} | more))
        who = authorise("hiksweep", SECRET)
        return tracker(TrackerHttp(url or roundup.url, who, timeout=timeout, sleep=lambda _: None), place)

    return make
