"""The exceptions of the project, all of one family."""

from __future__ import annotations


class HiksweepError(Exception):
    """Parent of every exception that this project raises on purpose."""


class UsageError(HiksweepError):
    """The user asked for something that cannot be done; the message says what is wrong and what to do.

    The command line turns it into one line on standard error and exit code 2.
    """


_NAME_LENGTH = 240
"""Characters of a name in a message: as long as names of files are on most systems."""


def unreadable(place: object, error: Exception) -> str:
    """What is said of a file that cannot be read, in every command.

    Args:
        place: the file as the user named it, perhaps behind the option that named it.
        error: what reading it raised.
    """
    return f"{in_short(place)}: cannot be read ({getattr(error, 'strerror', None) or error})"


def in_short(place: object) -> str:
    """A name of a file as it stands in a message: of a very long one the beginning and the end."""
    name = str(place)
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH // 2]}…{name[-_NAME_LENGTH // 2 :]}"


class KnowledgeError(HiksweepError):
    """A data file under ``fingerprints/`` is faulty; the message names file and line."""


class Malformed(HiksweepError):
    """Bytes from the network are not what the parser reads. The only exception a parser may raise."""


class Refused(HiksweepError):
    """The gate did not let an action pass.

    Attributes:
        rule: the rule that refused, for example ``scope``, ``port``, ``request`` or ``budget``.
    """

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Locked(HiksweepError):
    """Another scan of the same scope is running; the message names it."""


class StoreUnusable(HiksweepError):
    """The store cannot be read or written; the message says why and what to do."""


class ServiceFault(HiksweepError):
    """An organisation's own service certainly did not do what was asked; the message says why."""


class Throttled(ServiceFault):
    """A service asks us to wait.

    Attributes:
        seconds: how long, by its own word.
    """

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Doubtful(HiksweepError):
    """A write of which nobody knows whether it was done: no answer, a broken one, or a server's fault."""
