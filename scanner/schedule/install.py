"""The files by which systemd or cron sweeps what is due. Each is text; nothing here touches the system."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

MARK = "# Written by 'hiksweep schedule install'; 'hiksweep schedule uninstall' removes it."
"""The first line of every file of ours: without it a file is somebody else's."""
NAME = "hiksweep-schedule"
SYSTEMD = Path("/etc/systemd/system")
CRON = Path("/etc/cron.d")
_HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:=,@")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be started, and as whom."""

    command: tuple[str, ...]
    """The program with its words; the first is an absolute path."""
    config: Path
    """The configuration, absolute."""
    user: str | None
    """None = a user that systemd makes for the service alone."""
    minutes: int
    """Between two looks at what is due."""
    data: Path
    """Where journals and locks lie."""
    writes: tuple[Path, ...] = ()
    """Further folders that reports and figures go to."""
    credentials: Mapping[str, Path] | None = None
    """Files that systemd hands to the service under these names."""

    @property
    def words(self) -> tuple[str, ...]:
        """The whole command line."""
        return (*self.command, "schedule", "run-now", "--due", "--config", str(self.config))


def systemd_units(job: Job) -> Mapping[str, str]:
    """A service and its timer, by file name (systemd.service(5), systemd.timer(5))."""
    return {f"{NAME}.service": _service(job), f"{NAME}.timer": _timer(job)}


def cron_table(job: Job) -> Mapping[str, str]:
    """A file of ``/etc/cron.d``, by its name; its sixth field is the user (crontab(5))."""
    when = f"*/{job.minutes} * * * *" if job.minutes < 60 else "0 * * * *"
    # A percent sign would end the command and begin its input.
    command = shlex.join((*job.words, "--quiet")).replace("%", "\\%")
    lines = [
        MARK,
        "# What is printed is mailed: equipment that was found, incomplete coverage, faults; nothing else.",
        "SHELL=/bin/sh",
        f"HIKSWEEP_DATA={job.data}",
        f"{when} {job.user or 'root'} {command}",
    ]
    return {NAME: "\n".join(lines) + "\n"}


def _service(job: Job) -> str:
    home = any(_lies_in(path, _HOMES) for path in (Path(job.command[0]), job.config, job.data, *job.writes))
    lines = [
        MARK,
        "[Unit]",
        "Description=hiksweep: sweep the networks that are due",
        "Wants=network-online.target",
        "After=network-online.target time-sync.target",
        "",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={' '.join(map(systemd_word, job.words))}",
        "# 3: equipment was found; 4: coverage is incomplete. Neither is a failure of the service.",
        "SuccessExitStatus=3 4",
        "NotifyAccess=main",
        *((f"User={job.user}",) if job.user else ("DynamicUser=yes",)),
        *_folders(job),
        *(f"LoadCredential={name}:{path}" for name, path in sorted((job.credentials or {}).items())),
        "AmbientCapabilities=CAP_NET_RAW",
        "CapabilityBoundingSet=CAP_NET_RAW",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        f"ProtectHome={'read-only' if home else 'yes'}",
        "PrivateTmp=yes",
        "UMask=0077",
        "# A sweep ends when its window closes; until then it may take its time.",
        "TimeoutStartSec=infinity",
        "TimeoutStopSec=60",
    ]
    return "\n".join(lines) + "\n"


def _folders(job: Job) -> Iterable[str]:
    state = Path("/var/lib")
    if job.data.parent == state:
        yield from (f"StateDirectory={job.data.name}", "StateDirectoryMode=0700")
    else:
        yield f"ReadWritePaths={systemd_word(str(job.data))}"
    yield f"Environment={systemd_word(f'HIKSWEEP_DATA={job.data}', dollars=False)}"
    yield from (f"ReadWritePaths=-{systemd_word(str(path))}" for path in sorted(set(job.writes)))


def _timer(job: Job) -> str:
    lines = [
        MARK,
        "[Unit]",
        "Description=hiksweep: look which networks are due",
        "",
        "[Timer]",
        "# Windows, periods and what was missed are the program's own business: the timer only wakes it.",
        "OnBootSec=2min",
        f"OnUnitInactiveSec={job.minutes}min",
        "AccuracySec=30s",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return "\n".join(lines) + "\n"


def systemd_word(text: str, *, dollars: bool = True) -> str:
    """A word of a unit file: percent and dollar signs doubled, in quotes where it needs them."""
    text = text.replace("%", "%%")
    if dollars:
        text = text.replace("$", "$$")
    if text and set(text) <= _PLAIN | {"%"}:
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _lies_in(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)
