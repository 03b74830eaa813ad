"""The files for systemd and cron; `systemd-analyze verify` reads the units where it is installed."""

from __future__ import annotations

import configparser
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.schedule.daemon import PATIENCE
from scanner.schedule.install import MARK, NAME, Job, cron_table, systemd_units, systemd_word

JOB = Job(("/usr/bin/true",), Path("/etc/hiksweep/hiksweep.toml"), None, 10, Path("/var/lib/hiksweep"))


def unit(text: str) -> configparser.ConfigParser:
    """A unit as sections; of a key that stands twice the last counts."""
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str
    read.read_string(text)
    return read


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize(
    "job",
    [
        JOB,
        replace(JOB, daemon=True),
        replace(JOB, daemon=True, user="root", writes=(Path("/srv/a b"),), credentials={"x": Path("/etc/x")}),
        replace(JOB, user="root", minutes=60, data=Path("/srv/hik data/100%"), writes=(Path("/srv/a b"), Path("/home/x"))),
        replace(JOB, config=Path('/srv/a $b "c" 50%/hiksweep.toml'), credentials={"hiksweep-db": Path("/etc/hiksweep/credentials/hiksweep-db")}),
    ],
)  # fmt: skip
def test_systemd_finds_no_fault_in_the_units(job, tmp_path):
    for name, text in systemd_units(job).items():
        (tmp_path / name).write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in systemd_units(job))],
        capture_output=True, text=True, check=False, timeout=60, env={"SYSTEMD_LOG_LEVEL": "info", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    ours = [line for line in done.stderr.splitlines() if "hiksweep" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_would_have_found_a_fault(tmp_path):
    text = systemd_units(JOB)[f"{NAME}.service"].replace("Type=oneshot", "Type=oneshort")
    (tmp_path / f"{NAME}.service").write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / f"{NAME}.service")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert "oneshort" in done.stderr


def test_the_daemon_tells_systemd_that_it_is_ready_and_alive_and_may_do_what_a_sweep_may():
    (text,) = systemd_units(replace(JOB, daemon=True)).values()
    service, sweep = unit(text)["Service"], unit(systemd_units(JOB)[f"{NAME}.service"])["Service"]

    assert service["ExecStart"] == "/usr/bin/true daemon --config /etc/hiksweep/hiksweep.toml"
    assert (service["Type"], service["NotifyAccess"], service["WatchdogSec"]) == ("notify", "main", "2min")
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(service["TimeoutStopSec"]) > PATIENCE
    for key in ("DynamicUser", "StateDirectory", "CapabilityBoundingSet", "ProtectSystem", "Environment"):
        assert service[key] == sweep[key]


def test_the_service_may_do_what_a_sweep_needs_and_no_more():
    service = unit(systemd_units(JOB)[f"{NAME}.service"])["Service"]

    assert service["ExecStart"] == "/usr/bin/true schedule run-now --due --config /etc/hiksweep/hiksweep.toml"
    assert service["SuccessExitStatus"] == "3 4"
    assert (service["DynamicUser"], service["StateDirectory"]) == ("yes", "hiksweep")
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == "CAP_NET_RAW"
    assert (service["ProtectSystem"], service["ProtectHome"]) == ("strict", "yes")
    assert service["Environment"] == "HIKSWEEP_DATA=/var/lib/hiksweep"


def test_a_user_a_home_and_folders_elsewhere_are_let_in():
    job = replace(
        JOB,
        user="sweeper",
        config=Path("/home/sweeper/hiksweep.toml"),
        data=Path("/srv/data"),
        writes=(Path("/srv/reports"),),
    )
    text = systemd_units(job)[f"{NAME}.service"]

    assert "\nUser=sweeper\n" in text
    assert "DynamicUser" not in text
    assert "\nProtectHome=read-only\n" in text
    assert "\nReadWritePaths=/srv/data\n" in text
    assert "\nReadWritePaths=-/srv/reports\n" in text


def test_the_timer_looks_again_after_each_look():
    timer = unit(systemd_units(replace(JOB, minutes=5))[f"{NAME}.timer"])["Timer"]

    assert (timer["OnBootSec"], timer["OnUnitInactiveSec"]) == ("2min", "5min")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/etc/x.toml", "/etc/x.toml"),
        ("/a b", '"/a b"'),
        ("100%", "100%%"),
        ("$HOME", '"$$HOME"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("", '""'),
    ],
)
def test_a_word_of_a_unit_means_what_it_says(text, word):
    assert systemd_word(text) == word


def test_cron_gets_a_line_with_its_user_and_only_news_is_mailed():
    text = cron_table(replace(JOB, user="hiksweep", config=Path("/srv/50% off/hiksweep.toml")))[NAME]

    assert text.splitlines()[0] == MARK
    assert "\nHIKSWEEP_DATA=/var/lib/hiksweep\n" in text
    minute, *_, user, rest = text.splitlines()[-1].split(" ", 6)
    assert (minute, user) == ("*/10", "hiksweep")
    assert "50\\%" in rest
    assert shlex.split(rest.replace("\\%", "%")) == [
        *JOB.command,
        "schedule",
        "run-now",
        "--due",
        "--config",
        "/srv/50% off/hiksweep.toml",
        "--quiet",
    ]
    assert text.endswith("\n")


def test_an_hour_between_looks_is_each_full_hour_in_cron():
    assert (
        cron_table(replace(JOB, minutes=60))[NAME].splitlines()[-1].startswith("0 * * * * root /usr/bin/true")
    )


def test_every_file_says_who_wrote_it():
    for text in (*systemd_units(JOB).values(), *cron_table(JOB).values()):
        assert text.startswith(MARK)
