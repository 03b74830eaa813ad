"""The table ``[tickets]``: which tracker, how it is written to, and what is wanted of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from scanner.config.parts import Part, key
from scanner.config.values import Secret, Text, Texts, listed


class Group(StrEnum):
    """What one ticket is about."""

    DEVICE = "device"
    FINDING = "finding"
    SITE = "site"
    NETWORK = "network"


class Level(StrEnum):
    """How sure it is that a device is the maker's."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class Write(StrEnum):
    """What is done in a tracker."""

    CREATE = "create"
    UPDATE = "update"
    COMMENT = "comment"
    REOPEN = "reopen"
    CLOSE = "close"
    DUPLICATE = "duplicate"


class StillThere(StrEnum):
    """What is done when a person closed a ticket and the device is still there."""

    REOPEN = "reopen"
    COMMENT = "comment"
    LIST = "list"


class Language(StrEnum):
    """The languages of tickets."""

    EN = "en"
    FR = "fr"


_lax = Field(strict=False)
Levels: TypeAlias = tuple[Annotated[Level, _lax], ...]
Writes: TypeAlias = tuple[Annotated[Write, _lax], ...]


class Tickets(Part):
    """The tracker that tickets are written to."""

    tracker: Text | None = key(
        None, "a tracker that hiksweep knows", '"roundup"', "Its kind; `hiksweep tickets --help` lists them."
    )
    url: Text | None = key(
        None,
        "an https:// address",
        '"https://tracker.example.org/removal"',
        "Where it is. `http://` only to this machine.",
    )
    user: Text | None = key(None, "a name", '"hiksweep"', "Our own name there, where a secret is a password.")
    secret: Secret | None = key(
        None,
        "a reference to a secret",
        '{ file = "/etc/hiksweep/tracker" }',
        "Our password or token. It stands in no plan, log or store.",
    )
    authority: Text | None = key(
        None,
        "the name of a file",
        '"ca.pem"',
        "The certificate authority of its certificate, where that is the organisation's own.",
    )
    project: Text | None = key(
        None, "a text", '"Removal"', "The queue, project, repository or table of our tickets."
    )
    kind: Text | None = key(None, "a text", '"Task"', "The kind of ticket that is made.")
    field: Text | None = key(
        None, "the name of a field", '"hiksweep"', "The field that holds our keys, where it needs one."
    )
    closed: Texts = key(
        (),
        "a state, or a list of them",
        '["resolved"]',
        "States that mean closed; the first is the one that we set.",
    )
    reopened: Text | None = key(None, "a state", '"open"', "The state of what is open again.")
    sender: Text | None = key(
        None, "an address", '"hiksweep@example.org"', "Our own address, where tickets are e-mail."
    )
    public: Annotated[bool, _lax] = key(
        False, "true or false", "true", "True: it is meant that strangers can read these tickets."
    )
    grouping: Annotated[Group, _lax] = key(
        Group.DEVICE,
        "one of device, finding, site, network",
        '"network"',
        "What one ticket is about. A change leaves open tickets as they are.",
    )
    levels: Annotated[tuple[Annotated[Level, _lax], ...], BeforeValidator(listed), Field(min_length=1)] = key(
        (Level.CONFIRMED, Level.PROBABLE),
        "a list out of confirmed, probable, possible",
        '["confirmed"]',
        "Devices of these levels get tickets.",
    )
    languages: dict[str, Annotated[Language, _lax]] = key(
        {}, "a table of sites", '{ montreal = "fr" }', "The language of a site's tickets. Without it: en."
    )
    templates: Text | None = key(
        None,
        "the name of a folder",
        '"tickets"',
        "Templates of your own, as `en/ticket.j2`; what is not there is ours.",
    )
    report: Text | None = key(
        None, "an https:// address", '"https://reports.example.org/"', "Where the report lies, for a link."
    )
    close_retracted: Annotated[bool, _lax] = key(
        False, "true or false", "true", "Close a ticket whose device turned out to be none of the maker's."
    )
    still_there: Annotated[StillThere, _lax] = key(
        StillThere.REOPEN,
        "one of reopen, comment, list",
        '"comment"',
        "When a person closed a ticket and a later run sees the device. It is reopened once at most.",
    )
    most_creates: int = key(
        50, "a number", "20", "More new tickets at once want a person's `--yes`.", ge=0, le=1_000_000
    )
    most_closes: int = key(
        10, "a number", "5", "More closed tickets at once want a person's `--yes`.", ge=0, le=1_000_000
    )
    auto: Annotated[Writes, BeforeValidator(listed)] = key(
        (),
        "a list out of create, update, comment, reopen, close, duplicate",
        '["create", "comment"]',
        "What a scheduled sweep does by itself when it ends. Without it: nothing.",
    )
