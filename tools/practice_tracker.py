"""A Roundup tracker on this machine to try tickets with; needs the package roundup beside hiksweep.

    python tools/practice_tracker.py up practice      # make it where there is none, and start it
    python tools/practice_tracker.py down practice    # end it; the folder stays

The folder holds the tracker, the secret of its user ``hiksweep`` and a ``hiksweep.toml`` that names both. It
listens on 127.0.0.1 alone, at a port that was free when it was made.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

UP = 60.0
"""Seconds within which it has to answer."""
_CHANGES = (
    ("config.ini", "#web = NO DEFAULT", "web = {url}/"),
    ("config.ini", "#domain = NO DEFAULT", "domain = practice.example"),
    ("config.ini", "#host = NO DEFAULT", "host = 127.0.0.1"),
    # Nothing is mailed: what would be is written down beside it.
    ("config.ini", "\ndebug = \n", "\ndebug = {folder}/mail.txt\n"),
    # A password is looked at with each request, and these guard nothing.
    ("config.ini", "password_pbkdf2_default_rounds = 250000", "password_pbkdf2_default_rounds = 1000"),
    # The one thing that hiksweep needs of a Roundup.
    ("schema.py", 'status=Link("status"))', 'status=Link("status"), hiksweep=String())'),
)
_CONFIGURATION = """\
[tickets]
tracker = "roundup"
url = "{url}"
user = "hiksweep"
secret = {{ file = "secret" }}

[sites.rehearsal.networks.lab]
targets = ["127.77.0.0/24"]
"""


class NotPossible(Exception):
    """Why it cannot be; one line."""


def make(folder: Path) -> str:
    """Make a tracker; returns its address.

    Raises:
        NotPossible: Roundup is not there, or not as it was.
    """
    if importlib.util.find_spec("roundup") is None:
        raise NotPossible(
            f"the package roundup is missing; install it: {sys.executable} -m pip install roundup"
        )
    folder.mkdir(mode=0o755, parents=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/t"
    secret, home = folder / "secret", folder / "tracker"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(16))
    _admin(home, "install", "classic", "sqlite")
    for name, before, after in _CHANGES:
        text = (home / name).read_text(encoding="utf-8")
        if before not in text:
            raise NotPossible(f"{home / name}: {before.strip()!r} is not there; another Roundup than 2.x?")
        changed = text.replace(before, after.format(url=url, folder=folder), 1)
        (home / name).write_text(changed, encoding="utf-8")
    _admin(home, "initialise", secrets.token_urlsafe(16))
    who = ("username=hiksweep", f"password={secret.read_text()}", "address=h@practice.example", "roles=User")
    _admin(home, "create", "user", *who)
    (folder / "hiksweep.toml").write_text(_CONFIGURATION.format(url=url), encoding="utf-8")
    return url


def start(folder: Path, url: str) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers.

    Raises:
        NotPossible: it does not.
    """
    port = url.rpartition(":")[2].partition("/")[0]
    words = ["-n", "127.0.0.1", "-p", port, "-t", "thread", f"t={folder / 'tracker'}"]
    if os.geteuid() == 0:
        words = ["-u", "root", *words]  # it asks for a name; this one owns the folder
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "roundup.scripts.roundup_server", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + UP
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/", timeout=5).close()
            return process
        time.sleep(0.05)
    process.kill()
    raise NotPossible(f"it does not answer; look at {folder / 'log.txt'}")


def up(folder: Path) -> str:
    """Make it where there is none, start it unless it runs, and keep its process id; returns its address."""
    configuration = folder / "hiksweep.toml"
    if folder.exists() and not configuration.exists():
        raise NotPossible(f"{folder}: something else is there; name a folder that is not there yet")
    url = (
        configuration.read_text().partition('url = "')[2].partition('"')[0]
        if folder.exists()
        else make(folder)
    )
    if not _running(folder):
        (folder / "pid").write_text(str(start(folder, url).pid))
    return url


def down(folder: Path) -> bool:
    """End it; False: it did not run."""
    process = _running(folder)
    if process:
        os.kill(process, signal.SIGKILL)  # asked kindly, it waits for whoever keeps a connection open
    (folder / "pid").unlink(missing_ok=True)
    return bool(process)


def _running(folder: Path) -> int:
    """The process id, if it is still that of this tracker; else 0."""
    try:
        process = int((folder / "pid").read_text())
        words = Path(f"/proc/{process}/cmdline").read_bytes()
    except (OSError, ValueError):
        return 0
    return process if str(folder / "tracker").encode() in words else 0


def _admin(home: Path, *words: str) -> None:
    command = [sys.executable, "-m", "roundup.scripts.roundup_admin", "-i", str(home), *words]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def main(words: list[str]) -> int:
    """Do what the words say."""
    if len(words) != 2 or words[0] not in ("up", "down"):
        print(__doc__)
        return 2
    folder = Path(words[1]).absolute()
    try:
        if words[0] == "up":
            print(f"A practice tracker is at {up(folder)}; the configuration is {folder / 'hiksweep.toml'}")
        else:
            print("Ended." if down(folder) else "It did not run.")
    except NotPossible as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
