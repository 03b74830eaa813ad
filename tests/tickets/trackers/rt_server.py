"""A private Request Tracker 5 of Debian's packages: a database of its own, a free port of this machine, no service.

A person's view of it is read from its database, not through the interface that is tested.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import quopri
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from base64 import b64encode
from pathlib import Path

import pytest

SERVER = Path("/usr/share/request-tracker5/libexec/standalone_httpd")
SETUP = "rt-setup-database-5"
DRIVER = Path("/usr/share/doc/rt5-db-sqlite")
UP = 60.0
"""Seconds within which a server answers on the busiest machine."""
WHO, SECRET = "hiksweep", "pw-of-hiksweep-4711"
QUEUE = "Camera removal"
CLOSED = ("resolved", "rejected", "deleted", "done")
"""States that the lifecycles of these tests have for closed ones."""

CONFIG = """
Set($rtname, 'test.example'); Set($Organization, 'test.example');
Set($WebDomain, '127.0.0.1'); Set($WebPort, PORT);
Set($DatabaseType, 'SQLite'); Set($DatabaseName, 'HOME/rt.sqlite');
Set($DatabaseUser, ''); Set($DatabasePassword, '');
Set($MailCommand, 'testfile'); Set($LogToSyslog, undef); Set($LogToSTDERR, 'critical');
Set($WebSessionClass, 'Apache::Session::File');
Set($MasonSessionDir, 'HOME/session'); Set($MasonDataDir, 'PAGES');
Set($BcryptCost, 4);  # a password is looked at with each request, and this one guards nothing
Set(%Lifecycles, works => {
    initial => ['reported'], active => ['doing'], inactive => ['done', 'deleted'],
    defaults => {on_create => 'reported'},
    transitions => {'' => ['reported'], reported => ['doing'], doing => ['done', 'reported'], done => []},
    rights => {'* -> deleted' => 'DeleteTicket', '* -> *' => 'ModifyTicket'},
    actions => ['reported -> doing' => {label => 'Start'}, 'doing -> done' => {label => 'Finish'}],
});
1;
"""

# The queue, the field, and a user who may do what is needed and nothing more; a second queue works differently.
INIT = """
sub must { my ($ok, $said) = @_; die $said unless $ok }
my $field = RT::CustomField->new($s);
must($field->Create(Name => 'hiksweep', Type => 'TextSingle', LookupType => 'RT::Queue-RT::Ticket'));
must($field->AddToObject(RT::Queue->new($s)));
my $user = RT::User->new($s);
must($user->Create(Name => 'hiksweep', EmailAddress => 'hiksweep@test.example', Privileged => 1,
    Password => 'SECRET'));
for (['QUEUE', 'default'], ['Elsewhere', 'default'], ['Works', 'works']) {
    my $queue = RT::Queue->new($s); must($queue->Create(Name => $_->[0], Lifecycle => $_->[1]));
    must($user->PrincipalObj->GrantRight(Object => $queue, Right => $_))
        for qw(SeeQueue CreateTicket ShowTicket ModifyTicket CommentOnTicket ShowTicketComments);
}
must($user->PrincipalObj->GrantRight(Object => $field, Right => $_))
    for qw(SeeCustomField ModifyCustomField SetInitialCustomField);
my $more = RT::CustomField->new($s);
must($more->Create(Name => 'many', Type => 'FreeformMultiple', LookupType => 'RT::Queue-RT::Ticket'));
must($more->AddToObject(RT::Queue->new($s)));
must($user->PrincipalObj->GrantRight(Object => $more, Right => 'SeeCustomField'));
my (undef, undef, $token) = RT::AuthToken->new($s)->Create(Owner => $user->id, Description => 'tests');
print $token;
"""


def _once():
    """`once` of the tests of tickets, whichever of their files has brought it."""
    if "once" not in sys.modules:
        place = Path(__file__).parents[1] / "once.py"
        spec = importlib.util.spec_from_file_location("once", place)
        assert spec is not None
        assert spec.loader is not None
        sys.modules["once"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["once"]


def missing() -> str:
    """Why there is no Request Tracker here; empty where there is one."""
    absent = [str(path) for path in (SERVER, DRIVER) if not path.exists()]
    if shutil.which(SETUP) is None:
        absent.append(SETUP)
    if not absent:
        return ""
    packages = "request-tracker5 rt5-db-sqlite rt5-standalone"
    return f"no Request Tracker 5 here (apt-get install {packages}): {', '.join(absent)}"


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "RT_SITE_CONFIG": str(home / "RT_SiteConfig.pm"),
        "RT_SITE_CONFIG_DIR": str(home / "conf.d"),  # stays empty: it hides what the package put elsewhere
    }


def _configure(home: Path, port: int, pages: Path) -> None:
    """Write its configuration; the pages that it compiles once are for all."""
    for folder in (home / "conf.d", home / "session", pages):
        folder.mkdir(parents=True, exist_ok=True)
    text = CONFIG.replace("PORT", str(port)).replace("HOME", str(home)).replace("PAGES", str(pages))
    (home / "RT_SiteConfig.pm").write_text(text)


def run_perl(home: Path, program: str) -> str:
    """What a program prints that runs inside this Request Tracker."""
    begin = "use lib '/usr/share/request-tracker5/lib'; use RT -init; my $s = RT->SystemUser;"
    done = subprocess.run(
        ["perl", "-"],
        input=f"{begin}\n{program}",
        env=_environment(home),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_home(home: Path) -> str:
    """A database with queue, field and user; returns the user's token."""
    if why := missing():
        pytest.skip(why)
    _configure(home, 1, home / "pages")
    command = [SETUP, "--action", "init", "--skip-create", "--force"]
    subprocess.run(
        command,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=300,
    )
    return run_perl(home, INIT.replace("SECRET", SECRET).replace("QUEUE", QUEUE)).strip()


class RtServer:
    """A Request Tracker with a database of its own, and what a person does and sees there."""

    def __init__(self, home: Path, made: Path, program: str = "") -> None:
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        _configure(home, self.port, made / "pages")
        shutil.copy(made / "rt.sqlite", home / "rt.sqlite")
        if program:
            run_perl(home, program)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        place = ["--server", "Starlet", "--host", "127.0.0.1", "--port", str(self.port), "--max-workers", "2"]
        self._log = (self.home / "server.log").open("ab")
        self._process = subprocess.Popen(
            [str(SERVER), *place],
            env=_environment(self.home),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        until = time.monotonic() + UP
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError):
                self._ask("rt")
                return
            time.sleep(0.05)
        self.stop()
        raise TimeoutError((self.home / "server.log").read_text(errors="replace"))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it and its workers, which are a session of their own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)
        self._log.close()

    def clear(self) -> None:
        """Every ticket there is gone, as a deleted one is; numbers go on."""
        with (
            contextlib.closing(sqlite3.connect(self.home / "rt.sqlite", timeout=30)) as connection,
            connection,
        ):
            connection.execute("UPDATE Tickets SET Status = 'deleted'")

    # What a person sees.

    def tickets(self) -> list:
        texts: dict[int, list[str]] = {}
        for ticket, content, encoding in self._rows(
            "SELECT x.ObjectId, a.Content, a.ContentEncoding FROM Transactions x JOIN Attachments a ON a.TransactionId = x.id "
            "WHERE x.ObjectType = 'RT::Ticket' AND x.Type IN ('Create', 'Comment') ORDER BY a.id"
        ):
            texts.setdefault(ticket, []).append(_text(content, encoding))
        words = dict(
            self._rows(
                "SELECT v.ObjectId, CASE WHEN v.LargeContent IS NULL THEN v.Content ELSE v.LargeContent END "
                "FROM ObjectCustomFieldValues v JOIN CustomFields f ON f.id = v.CustomField "
                "WHERE f.Name = 'hiksweep' AND v.ObjectType = 'RT::Ticket' AND v.Disabled = 0 ORDER BY v.id"
            )
        )
        links = dict(self._rows("SELECT LocalBase, LocalTarget FROM Links WHERE Type = 'RefersTo'"))
        rows = self._rows(
            "SELECT id, Status FROM Tickets WHERE EffectiveId = id AND Status <> 'deleted' ORDER BY id"
        )
        return [
            _once().Seen(
                id=str(number),
                open=status not in CLOSED,
                memo=_text(words.get(number)),
                body=texts[number][0],
                comments=tuple(texts[number][1:]),
                duplicate_of=str(links[number]) if number in links else "",
            )
            for number, status in rows
        ]

    def fields(self, ticket: str) -> dict[str, object]:
        """A row of the table of tickets."""
        with contextlib.closing(self._database()) as connection:
            connection.row_factory = sqlite3.Row
            return dict(connection.execute("SELECT * FROM Tickets WHERE id = ?", (ticket,)).fetchone())

    def page(self, ticket: str) -> str:
        """The page that shows a browser all that was written in a ticket."""
        form = urllib.parse.urlencode({"user": "root", "pass": "password", "next": ""}).encode()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        browser.open(f"{self.url}/NoAuth/Login.html", form, timeout=60).close()
        address = f"{self.url}/Ticket/History.html?id={ticket}"
        with browser.open(
            urllib.request.Request(address, headers={"Referer": self.url}), timeout=60
        ) as answer:
            return answer.read().decode()

    # What a person does.

    def close(self, ticket: str) -> None:
        self.set(ticket, Status="resolved")

    def set(self, ticket: str, **changes: object) -> None:
        self._ask(f"ticket/{ticket}", "PUT", changes)

    def _ask(self, path: str, method: str = "GET", data: object = None) -> object:
        request = urllib.request.Request(
            f"{self.url}/REST/2.0/{path}",
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={
                "Authorization": "Basic " + b64encode(b"root:password").decode(),
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.home / 'rt.sqlite'}?mode=ro", uri=True, timeout=30)

    def _rows(self, query: str) -> list[tuple]:
        with contextlib.closing(self._database()) as connection:
            return connection.execute(query).fetchall()


def _text(content: object, encoding: object = "none") -> str:
    """A text as the database keeps it."""
    data = content if isinstance(content, bytes) else str(content or "").encode()
    return (quopri.decodestring(data) if encoding == "quoted-printable" else data).decode()
