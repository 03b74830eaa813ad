"""One scan per scope at a time: a held file that says who scans what."""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import json
import os
from collections.abc import Iterator
from pathlib import Path

from scanner.model.errors import Locked, UsageError
from scanner.scope import AddressRange, Scope, subtract


def _network_namespace() -> int:
    """Two namespaces may use the same addresses for different machines."""
    try:
        return Path("/proc/self/ns/net").stat().st_ino
    except OSError:
        return 0


def _ranges(scope: Scope) -> list[list[int]]:
    return [[found.version, found.first, found.last] for found in (*scope.walked, *scope.unwalked)]


@contextlib.contextmanager
def hold(folder: Path, scope: Scope, run: str, started: str) -> Iterator[None]:
    """Hold the lock of a scope while a scan runs. A lock dies with its process.

    Raises:
        Locked: another scan touches some of the same addresses; the message names it.
        UsageError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        desk = (folder / "desk").open("w")
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written ({error.strerror}); set HIKSWEEP_DATA") from None
    path = folder / f"{run}.lock"
    with desk:
        fcntl.flock(desk, fcntl.LOCK_EX)
        for other in folder.glob("*.lock"):
            _meet(other, scope)
        held = path.open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        owner = {
            "pid": os.getpid(),
            "user": getpass.getuser() if os.environ.get("USER") or os.geteuid() == 0 else str(os.geteuid()),
            "run": run,
            "started": started,
            "namespace": _network_namespace(),
            "scope": _ranges(scope),
            "targets": str(scope)[:200],
        }
        json.dump(owner, held)
        held.flush()
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        held.close()


def _meet(path: Path, scope: Scope) -> None:
    """Look at another lock: remove it when its process is gone, refuse when it overlaps.

    Raises:
        Locked: it is held and touches some of the same addresses.
    """
    with contextlib.suppress(FileNotFoundError), path.open("r+") as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = json.load(other)
            if owner["namespace"] != _network_namespace():
                return
            theirs = [AddressRange(*found) for found in owner["scope"]]
            ours = (*scope.walked, *scope.unwalked)
            if subtract(ours, theirs) != subtract(ours, ()):
                raise Locked(
                    f"another scan of {owner['targets']} is running: process {owner['pid']} of "
                    f"{owner['user']}, since {owner['started']}; wait for it or end it"
                ) from None
            return
        path.unlink(missing_ok=True)
