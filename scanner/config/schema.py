"""Every key of hiksweep.toml: what it may be, what it means, an example. The reference is made of it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from scanner.config.parts import Part, key
from scanner.config.tickets import Tickets
from scanner.config.values import (
    Calendar,
    JitterText,
    LeaseText,
    LengthText,
    PeriodText,
    Secret,
    StoreText,
    Text,
    Texts,
    Windows,
    ZoneText,
    listed,
    number,
)

ENVIRONMENT = "HIKSWEEP_SET_"
"""A key outside the sites may be set by a variable: ``HIKSWEEP_SET_RATE``, ``HIKSWEEP_SET_LOG__LEVEL``."""


class OwnerKind(StrEnum):
    """Who has a network in hand: the agency itself, a landlord, an integrator."""

    AGENCY = "agency"
    LANDLORD = "landlord"
    INTEGRATOR = "integrator"


class When(StrEnum):
    """When a scheduled sweep leaves reports."""

    NEWS = "news"
    ALWAYS = "always"
    NEVER = "never"


class Level(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogForm(StrEnum):
    """How a line of the log is written."""

    AUTO = "auto"
    HUMAN = "human"
    JSON = "json"


class ReportFormat(StrEnum):
    """The formats in which a scheduled sweep can report."""

    HTML = "html"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TABLE = "table"


Format: TypeAlias = Annotated[ReportFormat, Field(strict=False)]
Formats: TypeAlias = Annotated[tuple[Format, ...], BeforeValidator(listed), Field(min_length=1)]


class Inherited(Part):
    """Keys that may stand at the top, in a site and in a network; the nearest wins."""

    owner: Text | None = key(
        None, "a text", '"Facilities, City of X"', "Who answers for the equipment; shown with its devices."
    )
    owner_kind: Annotated[OwnerKind, Field(strict=False)] | None = key(
        None,
        "one of agency, landlord, integrator",
        '"landlord"',
        "What the owner is: the agency itself, its landlord, or an integrator that runs the equipment.",
    )
    profile: Texts | None = key(
        None,
        "a profile, or a list of them",
        '"uk-other-public-body"',
        "Whose mandate applies; `hiksweep mandates profiles` lists them.",
    )
    facts: Text | None = key(
        None,
        "the name of a file",
        '"facts.yaml"',
        "Facts of the site that no scan sees: a file or an https:// address, as for `--facts`.",
    )
    every: PeriodText | None = key(
        None,
        "a period such as week or 2 weeks",
        '"week"',
        "How often each network is swept. Without it: every week.",
    )
    windows: Windows | None = key(
        None,
        "a window such as 22:00-05:00, or a list of them",
        '["22:00-05:00"]',
        "When it may be swept, by the wall clock of the time zone: `22:00-05:00`, `sat-sun 00:00-24:00`. "
        "Nothing is sent outside. Without it: at any time.",
    )
    blackout: Calendar = key(
        (),
        "a day such as 2026-12-25 or 2026-12-24..2027-01-02, or a list of them",
        '["2026-12-24..2027-01-02"]',
        "Days on which nothing is sent, from midnight to midnight. Adds to that of the site and the top.",
    )
    jitter: JitterText | None = key(
        None,
        "a length of time such as 10m",
        '"10m"',
        "Begin up to this much after the window opens, so that not every network begins at once. "
        "Without it: none.",
    )
    rate: Annotated[float, BeforeValidator(number)] | None = key(
        None,
        "a number of packets a second, 1 to 100000",
        "500",
        "Packets a second over all. Without it: 500.",
        ge=1,
        le=100_000,
    )
    time_limit: LengthText | None = key(
        None,
        "a length of time such as 4h",
        '"4h"',
        "Stop a sweep after this; the rest is told as stopped. When its window closes it stops anyway.",
    )
    ports: Texts | None = key(
        None,
        "a port such as http:8081, or a list of them",
        '["http:8081"]',
        "More TCP ports, as for `--ports`.",
    )
    exclude: Texts = key(
        (),
        "an address, a prefix or a range, or a list of them",
        '["10.1.0.9", "10.1.0.64/28"]',
        "Never touched. Adds to what the site and the top leave out.",
    )
    multicast: Annotated[bool, Field(strict=False)] | None = key(
        None,
        "true or false",
        "true",
        "Ask groups and broadcast addresses of links inside the targets. Without it: true.",
    )
    snmp_community: Secret | None = key(
        None,
        "a reference to a secret",
        '{ file = "/etc/hiksweep/community" }',
        "The site's own read community, for devices. Never guessed, never recorded.",
    )
    snmp_routers: Texts | None = key(
        None, "a router, or a list of them", '["10.1.0.1"]', "Routers and switches whose tables are read."
    )
    snmp_credentials: Text | None = key(
        None,
        "the name of a file",
        '"snmp.yaml"',
        "Credentials for them, a file of mode 600, as for `--snmp-credentials`.",
    )


class Network(Inherited):
    """What is swept together."""

    label: Text | None = key(None, "a text", '"Cameras, ground floor"', "A name for people.")
    targets: Annotated[Texts, Field(min_length=1)] = key(
        ...,
        "an address, a prefix or a range, or a list of them",
        '["10.1.0.0/24"]',
        "What is swept: addresses, prefixes or ranges, IPv4 and IPv6.",
    )
    enabled: bool = key(True, "true or false", "false", "False: known, and not swept by the schedule.")
    yes: bool = key(False, "true or false", "true", "Public addresses, or more than 2^24, are meant.")


class Site(Inherited):
    """A place. An address means something only within it: two sites may use the same prefix."""

    label: Text | None = key(None, "a text", '"90 Elgin Street"', "A name for people.")
    time_zone: ZoneText | None = key(
        None,
        "the name of a time zone",
        '"America/Vancouver"',
        "Whose wall clock its windows mean. Without it: that of the top.",
    )
    networks: dict[str, Network] = key(
        {},
        "tables [sites.SITE.networks.NAME]",
        "",
        "Its networks, each a table `[sites.SITE.networks.NAME]`.",
    )


class Reports(Part):
    """What a scheduled sweep leaves behind."""

    when: Annotated[When, Field(strict=False)] = key(
        When.NEWS,
        "one of news, always, never",
        '"always"',
        "`news`: only when equipment was found or coverage was incomplete; `always`; `never`.",
    )
    folder: Text | None = key(
        None,
        "the name of a folder",
        '"/var/lib/hiksweep/reports"',
        "Where. Without it: `reports` in the data folder.",
    )
    formats: Formats = key(
        (ReportFormat.HTML, ReportFormat.JSON),
        "a list out of html, json, jsonl, csv, table",
        '["html", "csv"]',
        "In which formats.",
    )


class Log(Part):
    """What is logged, and how. The log goes to standard error."""

    level: Annotated[Level, Field(strict=False)] = key(
        Level.INFO, "one of debug, info, warning, error", '"warning"', "The least that is logged."
    )
    format: Annotated[LogForm, Field(strict=False)] = key(
        LogForm.AUTO,
        "one of auto, human, json",
        '"json"',
        "`auto`: JSON under systemd, words elsewhere.",
    )


class Metrics(Part):
    """Figures for Prometheus, as a file that its node exporter reads. No socket is opened."""

    textfile: Text | None = key(
        None,
        "the name of a file that ends in .prom",
        '"/var/lib/prometheus/node-exporter/hiksweep.prom"',
        "Written after each sweep. Without it: none.",
        pattern=r"\.prom$",
    )


class Inventory(Part):
    """How long to wait before silence means something. A change holds for the sweeps after it."""

    missing_sweeps: Annotated[int, Field(strict=False)] = key(
        3,
        "a whole number from 1 to 100",
        "4",
        "A device is missing when so many of the last `missing_of` sweeps that could count found it silent. "
        "Without it: 3.",
        ge=1,
        le=100,
    )
    missing_of: Annotated[int, Field(strict=False)] = key(
        3,
        "a whole number from 1 to 100",
        "5",
        "Out of so many; not less than `missing_sweeps`. Without it: 3.",
        ge=1,
        le=100,
    )
    missing_days: Annotated[int, Field(strict=False)] = key(
        7,
        "a whole number from 1 to 3650",
        "14",
        "These sweeps lie at least so many days apart, from the first to the last. Without it: 7.",
        ge=1,
        le=3650,
    )
    removed_days: Annotated[int, Field(strict=False)] = key(
        30,
        "a whole number from 1 to 3650",
        "60",
        "Missing for so many days is *removed-unverified*. Without it: 30.",
        ge=1,
        le=3650,
    )
    stale_days: Annotated[int, Field(strict=False)] = key(
        30,
        "a whole number from 1 to 3650",
        "90",
        "What no sweep can cover is *stale* when it was not heard for so many days. Without it: 30.",
        ge=1,
        le=3650,
    )


class Daemon(Part):
    """What `hiksweep daemon` reads at its beginning."""

    at_once: Annotated[int, Field(strict=False)] = key(
        4,
        "a whole number from 2 to 64",
        "4",
        "How many networks are swept at the same time, each at its own rate. Half of these places, rounded "
        "up, are for networks that are done within a quarter of an hour, so that none of these waits for a "
        "large one. Without it: 4.",
        ge=2,
        le=64,
    )
    lease: LeaseText = key(
        timedelta(seconds=30),
        "a length of time such as 30s, from 6s to 10m",
        '"30s"',
        "How long the addresses of a sweep stay held after its machine fell silent; then another daemon on "
        "the same store goes on with it. Without it: 30s.",
    )


class Settings(Inherited, BaseSettings):
    """The whole file."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, strict=True, enable_decoding=False,
        env_prefix=ENVIRONMENT, env_nested_delimiter="__",
    )  # fmt: skip

    time_zone: ZoneText | None = key(
        None,
        "the name of a time zone",
        '"America/Toronto"',
        "Whose wall clock windows mean. Without it: that of this machine.",
    )
    store: StoreText | None = key(
        None,
        "a file, sqlite:///… or postgresql://…",
        '"postgresql://hiksweep@db.example.org/hiksweep"',
        "Where the inventory is kept. Without it: a file in the data folder.",
    )
    store_password: Secret | None = key(
        None, "a reference to a secret", '{ credential = "hiksweep-db" }', "The password of its database."
    )
    reports: Reports = key(Reports(), "a table [reports]", "", "What a scheduled sweep leaves behind.")
    log: Log = key(Log(), "a table [log]", "", "What is logged, and how.")
    metrics: Metrics = key(Metrics(), "a table [metrics]", "", "Figures for Prometheus.")
    tickets: Tickets = key(Tickets(), "a table [tickets]", "", "The tracker that tickets are written to.")
    inventory: Inventory = key(Inventory(), "a table [inventory]", "", "How long silence has to last.")
    daemon: Daemon = key(Daemon(), "a table [daemon]", "", "How the daemon works.")
    sites: dict[str, Site] = key({}, "tables [sites.NAME]", "", "The sites, each a table `[sites.NAME]`.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return env_settings, init_settings
