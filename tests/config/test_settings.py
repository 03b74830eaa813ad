from __future__ import annotations

import re
import tomllib

import pytest

from scanner.config import settings
from scanner.config.faults import ConfigError
from scanner.config.schema import Network, Settings, Site
from scanner.config.settings import example, load, local_zone
from scanner.model.errors import UsageError


def test_the_example_wants_two_lines_edited_and_is_right_then(read, faults):
    marked = [line for line in example().splitlines() if "<──" in line]
    assert len(marked) == 2

    (fault,) = faults(example())
    assert fault.endswith("'192.0.2.0/24' is kept for examples; write your own network")
    assert fault.startswith(f"{example().splitlines().index(marked[1]) + 1}:")

    (network,) = read(example().replace("192.0.2.0/24", "10.1.0.0/24")).networks
    assert network.id == "main/cameras"


def test_the_example_holds_every_key_and_is_right_with_all_of_them(read, tmp_path):
    whole = re.sub(r"^# (?=[a-z_]+ = |\[)", "", example(), flags=re.MULTILINE)
    data = tomllib.loads(whole.replace("192.0.2.0/24", "10.1.0.0/24"))
    places = {
        "": (Settings, data),
        "site": (Site, data["sites"]["main"]),
        "network": (Network, data["sites"]["main"]["networks"]["cameras"]),
    }

    assert set(data) == set(Settings.model_fields)
    for part in ("reports", "log", "metrics", "tickets"):
        table = Settings.model_fields[part].annotation
        assert set(data[part]) == set(table.model_fields)
    own = {"label", "targets", "enabled", "yes"}
    assert own <= set(places["network"][1])
    assert {"label", "time_zone", "networks"} == set(places["site"][1])
    assert len(read(whole.replace("192.0.2.0/24", "10.1.0.0/24")).networks) == 3


def test_the_environment_wins_over_the_file(read, one, monkeypatch):
    for name, value in (
        ("RATE", "40"),
        ("PROFILE", "uk-other-public-body"),
        ("LOG__LEVEL", "debug"),
        ("MULTICAST", "false"),
    ):
        monkeypatch.setenv(f"HIKSWEEP_SET_{name}", value)

    found = read("rate = 9\n[log]\nformat = 'json'\n" + one)

    (network,) = found.networks
    assert (network.rate, network.profile, network.multicast) == (40, ("uk-other-public-body",), False)
    assert (found.settings.log.level, found.settings.log.format) == ("debug", "json")


def test_a_variable_that_is_wrong_is_told_by_its_name(read, one, monkeypatch):
    environment = {"HIKSWEEP_SET_RATE": "quick", "HIKSWEEP_SET_RAET": "5", "HIKSWEEP_SET_SITES": "{}"}
    monkeypatch.setenv("HIKSWEEP_SET_RATE", "quick")

    with pytest.raises(ConfigError) as raised:
        read(one, environment)

    said = str(raised.value).splitlines()
    assert said[0].startswith("environment HIKSWEEP_SET_RAET: sets nothing; did you mean RATE?")
    assert said[1].startswith("environment HIKSWEEP_SET_RATE: 'quick' is not a number of packets a second")
    assert said[2].startswith("environment HIKSWEEP_SET_SITES: sets nothing")


@pytest.mark.parametrize(
    ("data", "said"), [(b"\xff\xfe\x00", "not a text file in UTF-8"), (b"#" * 5_000_000, "larger than 4 MiB")]
)
def test_a_file_that_is_none_is_refused(data, said, tmp_path):
    (tmp_path / "x.toml").write_bytes(data)

    with pytest.raises(UsageError, match=said):
        load(tmp_path / "x.toml", (), {})
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path, (), {})


def test_a_file_of_another_system_keeps_its_lines(tmp_path, one):
    (tmp_path / "x.toml").write_bytes(
        b"\xef\xbb\xbf" + ("rate = 1\n" + one + "rte = 2\n").replace("\n", "\r\n").encode()
    )

    with pytest.raises(ConfigError, match=r"x\.toml:4: sites\.main\.networks\.cameras\.rte: "):
        load(tmp_path / "x.toml", (), {})


def test_the_time_zone_of_the_machine_is_taken_where_none_is_named(tmp_path, monkeypatch):
    folder = tmp_path / "zoneinfo/America"
    folder.mkdir(parents=True)
    (folder / "Toronto").touch()
    link = tmp_path / "localtime"
    link.symlink_to(folder / "Toronto")
    monkeypatch.setattr(settings, "_LOCALTIME", link)

    assert local_zone({"TZ": ":Europe/London"}).key == "Europe/London"
    assert local_zone({"TZ": "nonsense"}).key == "America/Toronto"
    monkeypatch.setattr(settings, "_LOCALTIME", tmp_path / "absent")
    assert local_zone({}).key == "UTC"
