"""What ``hiksweep schedule install`` needs of this machine: its user, its folders, its service manager."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from scanner.cli.output import write_whole
from scanner.config.location import named_file
from scanner.config.settings import Configuration
from scanner.model.errors import UsageError
from scanner.schedule.install import MARK, NAME, Job

_FOLDER = Path("/var/lib/hiksweep")


def this_manager() -> str:
    """What this machine runs its services with."""
    return "systemd" if Path("/run/systemd/system").is_dir() else "cron"


def job_of(
    found: Configuration, manager: str, user: str | None, minutes: int, *, daemon: bool = False
) -> Job:
    """What is to be started."""
    if manager == "cron" and user is None:
        user = "hiksweep"
    data = Path(os.environ.get("HIKSWEEP_DATA") or _FOLDER).absolute()
    writes = tuple(path for path in _written(found) if not path.is_relative_to(data))
    return Job(_program(), found.path.resolve(), user, minutes, data, writes, _credentials(found), daemon)


def check_job(found: Configuration, job: Job) -> None:
    """Refuse a job whose user does not exist, or could not do its work.

    Raises:
        UsageError: what is to be done about it.
    """
    if job.user is not None:
        _check_user(job.user)
    else:
        _check_dynamic(found, job)


def _written(found: Configuration) -> Iterator[Path]:
    """The folders that the configuration wants written."""
    settings = found.settings
    if settings.reports.folder:
        yield found.folder / Path(settings.reports.folder).expanduser()
    files = [settings.metrics.textfile, named_file(settings.store, found.folder)]
    yield from ((found.folder / Path(name).expanduser()).parent for name in files if name)


def _check_dynamic(found: Configuration, job: Job) -> None:
    """Refuse what a user that systemd makes for the service alone could not read or write.

    Raises:
        UsageError: something needs a user of its own.
    """
    elsewhere = [*([job.data] if job.data.parent != _FOLDER.parent else []), *job.writes]
    if elsewhere:
        raise UsageError(
            f"{elsewhere[0]}: the service's own user may write to {_FOLDER} only; name one that may: --user"
        )
    if not found.path.stat().st_mode & 0o004:
        raise UsageError(
            f"{found.path}: the service's own user cannot read it; chmod 644, or name one: --user"
        )
    for network in found.networks:
        secret = network.snmp_community
        if (secret is not None and secret.kind == "file") or network.snmp_credentials is not None:
            raise UsageError(
                f"{network.id}: the service's own user cannot read its secret file; name one: --user"
            )


def _credentials(found: Configuration) -> Mapping[str, Path]:
    """Where the credentials lie that the configuration refers to: beside it, by their names."""
    secrets = [found.settings.store_password, *(network.snmp_community for network in found.networks)]
    folder = found.folder / "credentials"
    return {one.name: folder / one.name for one in secrets if one is not None and one.kind == "credential"}


def _check_user(user: str) -> None:
    try:
        pwd.getpwnam(user)
    except KeyError:
        make = f"useradd --system --home-dir {_FOLDER} --create-home --shell /usr/sbin/nologin {user}"
        raise UsageError(f"no user is called {user!r}; make it: {make}") from None


def _program() -> tuple[str, ...]:
    """How this program is called, with absolute paths."""
    beside = Path(sys.executable).parent / "hiksweep"
    named = beside if beside.is_file() else shutil.which("hiksweep")
    return (str(named),) if named else (sys.executable, "-m", "scanner")


def check_ours(path: Path) -> None:
    """Refuse to touch a file that somebody else wrote.

    Raises:
        UsageError: it is not ours.
    """
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        raise UsageError(f"{path}: not written by 'hiksweep schedule install'; look at it and move it away")


def write_file(path: Path, text: str) -> None:
    """Write a file that everybody may read.

    Raises:
        UsageError: its folder is not there.
        OSError: it cannot be written.
    """
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder; is that manager installed here?")
    write_whole(path, text)
    path.chmod(0o644)


def after_systemd(*, start: bool, unit: str = f"{NAME}.timer") -> None:
    """Start the timer or the daemon, or say how.

    Raises:
        UsageError: systemd complains.
    """
    if start:
        systemctl("daemon-reload")
        systemctl("enable", "--now", unit)
        click.echo(f"Started. What it did: journalctl -u {unit.replace('.timer', '.service')}")
    else:
        click.echo(f"Start it: systemctl daemon-reload && systemctl enable --now {unit}")


def systemctl(*words: str) -> None:
    """Call systemctl.

    Raises:
        UsageError: it is not there, or it complains.
    """
    program = shutil.which("systemctl") or "systemctl"
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [program, *words], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"systemctl {' '.join(words)}: {error}") from None
    if done.returncode:
        raise UsageError(f"systemctl {' '.join(words)}: {' '.join(done.stderr.split()) or 'failed'}")
