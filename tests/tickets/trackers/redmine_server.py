"""A real Redmine of Debian's packages with a database and a folder of its own, on a free port of this machine.

Nothing of the system is changed: Debian's Redmine keeps all that belongs to an instance below one folder, and
the name of the instance is a path.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import importlib.util
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path("/usr/share/redmine")
CONFIGURED = Path("/etc/redmine/default/database.yml")
GEMS = Path("/usr/share/rubygems-integration/all/specifications")
UP = 120.0
"""Seconds within which a server answers on the busiest machine."""
STEP = 600.0
"""Seconds for one step of making the database."""
_DATABASE = "production:\n  adapter: sqlite3\n  database: {}\n  timeout: 15000\n"
_INIT = """
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
admin = User.find_by_login('admin')
admin.update_columns(must_change_passwd: false)
field = IssueCustomField.create!(name: 'hiksweep', field_format: 'text', is_filter: true, trackers: Tracker.all)
unseen = IssueCustomField.create!(name: 'unseen', field_format: 'text', trackers: Tracker.all)
for_all = IssueCustomField.create!(name: 'for-all', field_format: 'string', is_for_all: true, is_filter: true,
                                   trackers: Tracker.all)
role = Role.create!(name: 'hiksweep', issues_visibility: 'all', permissions:
  %i[view_issues add_issues edit_issues add_issue_notes manage_issue_relations])
role.copy_workflow_rules(Role.find_by_name('Manager'))
reader = Role.create!(name: 'reader', issues_visibility: 'all', permissions: %i[view_issues add_issues])
user = User.new(firstname: 'Hik', lastname: 'Sweep', mail: 'h@test.example')
user.login = 'hiksweep'
user.password = user.password_confirmation = 'never-asked-for-4711'
user.save!
bound = Role.create!(name: 'bound', issues_visibility: 'all', permissions: role.permissions)
bound.copy_workflow_rules(role)
ends = IssueStatus.where(is_closed: true)
WorkflowTransition.where(role: bound, new_status: ends).or(WorkflowTransition.where(role: bound, old_status: ends)).delete_all
own = Role.create!(name: 'own', issues_visibility: 'own', permissions: role.permissions)
{ 'hidden' => nil, 'removal' => role, 'bound' => bound, 'own' => own, 'elsewhere' => role, 'readers' => reader, 'public' => role }.each do |name, as|
  one = Project.create!(name: name.capitalize, identifier: name, is_public: name == 'public',
                        trackers: Tracker.all, enabled_module_names: ['issue_tracking'],
                        issue_custom_fields: [field, unseen])
  Member.create!(project: one, principal: user, roles: [as]) if as
end
puts "KEYS #{user.api_key} #{admin.api_key} #{field.id} #{for_all.id}"
"""


def _module(name: str, path: Path):
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


once = _module("once", Path(__file__).parents[1] / "once.py")


def missing() -> str:
    """Why no Redmine can be started here; empty if one can."""
    wanted = "apt-get install redmine redmine-sqlite puma, with BUNDLER_VERSION=2.3.15 in the environment"
    if not (ROOT / "config.ru").exists() or not all(map(shutil.which, ("bundle", "puma"))):
        return f"no Redmine is installed; {wanted}"
    if not os.access(CONFIGURED, os.R_OK):
        return f"{CONFIGURED} cannot be read: only root and www-data start Debian's Redmine"
    if "sqlite3" not in CONFIGURED.read_text():
        return "Debian's Redmine is set up for another database than SQLite"
    return ""


@functools.cache
def _bundler() -> str:
    """The version of Debian's own Bundler, which alone knows Debian's gems."""
    found = sorted(GEMS.glob("bundler-*.gemspec"))
    return found[0].stem.removeprefix("bundler-") if found else ""


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {
        **kept,
        **({"BUNDLER_VERSION": _bundler()} if _bundler() else {}),
        "LANG": "C.UTF-8",
        "RAILS_ENV": "production",
        "SCHEMA": "/dev/null",
        "REDMINE_LANG": "en",
        # Both by its letters and by the links on the way, enough of these lead to the root.
        "REDMINE_INSTANCE": f"{'../' * 12}{str(folder).lstrip('/')}",
    }


def _lay_out(folder: Path) -> None:
    for name in ("config", "log", "tmp/cache", "tmp/pids", "files", "plugins", "public/plugin_assets"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "config/database.yml").write_text(_DATABASE.format(folder / "redmine.sqlite3"))
    (folder / "config/secret_key.txt").write_text("0" * 128)


def _run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["bundle", "exec", *words],
        cwd=ROOT,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}: {done.stdout[-2000:]}"
    return done.stdout


def make_home(shared: Path) -> Path:
    """A database that is made once for all workers: project, user, role and field; returns its folder."""
    home = shared / "redmine-home"
    with (shared / "redmine-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (home / "keys.json").exists():
            return home
        shutil.rmtree(home, ignore_errors=True)
        _lay_out(home)
        _run(home, "rake", "db:migrate")
        _run(home, "rake", "redmine:load_default_data")
        (home / "init.rb").write_text(_INIT)
        said = _run(home, "rails", "runner", str(home / "init.rb"))
        words = next(line.split()[1:] for line in said.splitlines() if line.startswith("KEYS "))
        (home / "keys.json").write_text(json.dumps(words))
    return home


_VOID = ("br", "img", "hr", "input")


class _Shown(HTMLParser):
    """The words and the tags of what a page shows of a ticket's texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.items: list[str] = []
        """The text of each item of a list."""
        self.tags: list[list[tuple[str, dict[str, str | None]]]] = []
        self._depth, self._item = 0, False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if self._depth:
            self.tags[-1].append((tag, given))
            self._depth += tag not in _VOID
            if tag == "li":
                self._item = True
                self.items.append("")
        elif tag == "div" and "wiki" in (given.get("class") or "").split():
            self.texts.append("")
            self.tags.append([])
            self._depth = 1

    def handle_endtag(self, tag):
        if self._depth and tag not in _VOID:
            self._depth -= 1
            if tag == "li":
                self._item = False
                self.items[-1] = " ".join(self.items[-1].replace("\u2060", "").split())

    def handle_data(self, data):
        if self._depth:
            self.texts[-1] += data
            if self._item:
                self.items[-1] += data


class RedmineServer:
    """A Redmine with a database of its own.

    Args:
        folder: of its own; a copy of what `make_home` made is put there.
        made: what `make_home` made.
    """

    def __init__(self, folder: Path, made: Path) -> None:
        self.folder = folder
        _lay_out(folder)
        self.database = folder / "redmine.sqlite3"
        shutil.copy(made / "redmine.sqlite3", self.database)
        self.secret, self._admin, field, for_all = json.loads((made / "keys.json").read_text())
        self.field, self.for_all = int(field), int(for_all)
        self._texts: dict[str, tuple[str, list[str]]] = {}
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        command = ["puma", "-e", "production", "-b", f"tcp://127.0.0.1:{self.port}", "-t", "1:4", "config.ru"]
        with (folder / "puma.log").open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=_environment(folder), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until = time.monotonic() + UP
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError):
                self.ask("users/current")
                return
            time.sleep(0.1)
        self.stop()
        raise TimeoutError(f"redmine does not answer: {(folder / 'puma.log').read_text()[-1000:]}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGKILL)  # asked kindly, it waits for connections that are kept
        self.process.wait(20)

    # What a person does and sees, by the administrator's own hand.

    def ask(self, path: str, method: str = "GET", data: object = None):
        path, _, query = path.partition("?")
        return json.loads(self._ask(f"{path}.json?{query}", method, data) or b"null")

    def _ask(self, path: str, method: str, data: object = None) -> bytes:
        request = urllib.request.Request(
            f"{self.url}/{path}",
            method=method,
            data=None if data is None else json.dumps(data).encode(),
            headers={"Content-Type": "application/json", "X-Redmine-API-Key": self._admin},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def tickets(self) -> list:
        found, start = [], 0
        while True:
            path = f"issues?status_id=*&include=relations&sort=id&limit=100&offset={start}"
            page = self.ask(path)["issues"]
            found += [self._seen(one) for one in page]
            if len(page) < 100:
                return found
            start += 100

    def _seen(self, one: dict):
        number = str(one["id"])
        if self._texts.get(number, ("",))[0] != one["updated_on"] or self._fresh(one["updated_on"]):
            self._texts[number] = one["updated_on"], self.notes(number)
        twins = [
            str(link["issue_to_id"])
            for link in one.get("relations", ())
            if link["relation_type"] == "duplicates" and link["issue_id"] == one["id"]
        ]
        return once.Seen(
            id=number,
            open=not one["status"]["is_closed"],
            memo=next(
                (field["value"] or "" for field in one["custom_fields"] if field["id"] == self.field), ""
            ),
            body=one["description"],
            comments=tuple(self._texts[number][1]),
            duplicate_of=next(iter(twins), ""),
        )

    @staticmethod
    def _fresh(when: str) -> bool:
        """Whether there may have been another change within the same second."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3)) <= when

    def notes(self, issue: str) -> list[str]:
        found = self.ask(f"issues/{issue}?include=journals")["issue"]["journals"]
        return [one["notes"] for one in found if one["notes"]]

    def issue(self, issue: str) -> dict:
        return self.ask(f"issues/{issue}?include=relations,journals")["issue"]

    def set(self, issue: str, **changes: object) -> None:
        self.ask(f"issues/{issue}", "PUT", {"issue": changes})

    def close(self, issue: str) -> None:
        self.set(issue, status_id=5)

    def delete(self, issue: str) -> None:
        self.ask(f"issues/{issue}", "DELETE")

    def project(self, name: str) -> int:
        return self.ask(f"projects/{name}")["project"]["id"]

    def page(self, issue: str) -> _Shown:
        """The page of a ticket: what Redmine makes of its texts, links and macros with them."""
        shown = _Shown()
        shown.feed(self._ask(f"issues/{issue}", "GET").decode())
        return shown

    def setting(self, name: str, value: str) -> None:
        """A setting of the administrator's pages, which no API has."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=15)) as base, base:
            base.execute("DELETE FROM settings WHERE name = ?", (name,))
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 5))
            base.execute(
                "INSERT INTO settings (name, value, updated_on) VALUES (?, ?, ?)", (name, value, when)
            )

    def clear(self) -> None:
        """No issue, and the settings as they were."""
        for name, value in (("text_formatting", "textile"), ("rest_api_enabled", "1")):
            self.setting(name, value)
        for one in self.tickets():
            self.delete(one.id)
        self._texts.clear()

    @contextlib.contextmanager
    def without_field(self) -> Iterator[None]:
        """While no tracker of the project has the field."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=15)) as base, base:
            kept = base.execute(
                "SELECT * FROM custom_fields_trackers WHERE custom_field_id = ?", (self.field,)
            )
            rows = kept.fetchall()
            base.execute("DELETE FROM custom_fields_trackers WHERE custom_field_id = ?", (self.field,))
        yield
        with contextlib.closing(sqlite3.connect(self.database, timeout=15)) as base, base:
            base.executemany("INSERT INTO custom_fields_trackers VALUES (?, ?)", rows)
