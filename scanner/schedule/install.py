"""The files by which systemd or cron sweeps what is due. Each is text; nothing here touches the system."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

MARK = "# Written by 'hiksweep schedule install'; 'hiksweep schedule uninstall' removes it."
"""The first line of every file of ours: without it a file is somebody else's."""
NAME = "hiksweep-schedule"
DAEMON = "hiksweep"
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
    daemon: bool = False
    """One service that goes on, instead of one that is woken."""

    @property
    def words(self) -> tuple[str, ...]:
        """The whole command line."""
        if self.daemon:
            return (*self.command, "daemon", "--config", str(self.config))
        return (*self.command, "schedule", "run-now", "--due", "--config", str(self.config))


def systemd_units(job: Job) -> Mapping[str, str]:
    """A service and its timer, or that of the daemon, by file name (systemd.service(5), systemd.timer(5))."""
    if job.daemon:
        return {f"{DAEMON}.service": _daemon(job)}
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


def _daemon(job: Job) -> str:
    lines = [
        MARK,
        "[Unit]",
        "Description=hiksweep: sweep every network when it is due",
        "Wants=network-online.target",
        "After=network-online.target time-sync.target",
        "StartLimitIntervalSec=1h",
        "StartLimitBurst=10",
        "",
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={' '.join(map(systemd_word, job.words))}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "# Knowledge and the first look at the store come before it says that it is ready.",
        "TimeoutStartSec=5min",
        "WatchdogSec=2min",
        "Restart=on-failure",
        "RestartSec=30",
        "# A fault in the configuration does not go away by itself.",
        "RestartPreventExitStatus=2",
        *_confined(job),
        "TimeoutStopSec=90",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    ]
    return "\n".join(lines) + "\n"


def _confined(job: Job) -> Iterable[str]:
    """What the service may do, as whom."""
    home = any(_lies_in(path, _HOMES) for path in (Path(job.command[0]), job.config, job.data, *job.writes))
    yield f"User={job.user}" if job.user else "DynamicUser=yes"
    yield from _folders(job)
    yield from (f"LoadCredential={name}:{path}" for name, path in sorted((job.credentials or {}).items()))
    yield from (
        "AmbientCapabilities=CAP_NET_RAW",
        "CapabilityBoundingSet=CAP_NET_RAW",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        f"ProtectHome={'read-only' if home else 'yes'}",
        "PrivateTmp=yes",
        "UMask=0077",
    )


def _service(job: Job) -> str:
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
        *_confined(job),
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
