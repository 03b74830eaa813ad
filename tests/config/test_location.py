from __future__ import annotations

import subprocess
import sys

import pytest

from scanner.config.location import find, left_out, named_file, named_store, place_of, places
from scanner.config.secret import SecretReference
from scanner.model.errors import UsageError


def test_the_file_is_looked_for_in_three_places_and_the_named_one_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "own/hiksweep"
    own.mkdir(parents=True)
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "own")}

    with pytest.raises(UsageError, match=r"make one: hiksweep config example > hiksweep\.toml"):
        find(None, environment)
    (own / "hiksweep.toml").touch()
    assert find(None, environment) == own / "hiksweep.toml"
    (tmp_path / "hiksweep.toml").touch()
    assert str(find(None, environment)) == "hiksweep.toml"
    assert str(find(None, {**environment, "HIKSWEEP_CONFIG": "/x/y"})) == "/x/y"
    assert str(find("z", {**environment, "HIKSWEEP_CONFIG": "/x/y"})) == "z"


def test_the_store_of_the_configuration_is_found_without_its_rules(tmp_path):
    (tmp_path / "x.toml").write_text('store = "kept.sqlite"\nstore_password = { env = "P" }\nnonsense = 1\n')
    environment = {"HIKSWEEP_CONFIG": str(tmp_path / "x.toml")}

    found = named_store(environment)

    assert (found.place, found.password, found.folder) == (
        str(tmp_path / "kept.sqlite"),
        SecretReference("env", "P"),
        tmp_path,
    )
    assert (
        named_store({**environment, "HIKSWEEP_SET_STORE": "postgresql://a@b/c"}).place == "postgresql://a@b/c"
    )


def test_no_configuration_and_none_that_names_a_store_name_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}

    assert named_store(environment) is None
    (tmp_path / "hiksweep.toml").write_text("rate = 1\n")
    assert named_store(environment) is None


@pytest.mark.parametrize("text", ["store = x", 'store_password = "hush"', "[" * 5000, "a = " + "[" * 20000])
def test_a_configuration_with_a_fault_is_not_taken_for_one_without_a_store(text, tmp_path):
    (tmp_path / "x.toml").write_text(text)

    with pytest.raises(UsageError, match="holds a fault; see 'hiksweep config check'") as raised:
        named_store({"HIKSWEEP_CONFIG": str(tmp_path / "x.toml")})

    assert "hush" not in str(raised.value)


def test_a_file_counts_from_the_folder_and_a_url_from_nowhere(tmp_path):
    assert place_of("a/b.sqlite", tmp_path) == str(tmp_path / "a/b.sqlite")
    assert place_of("/a/b.sqlite", tmp_path) == "/a/b.sqlite"
    assert place_of("sqlite:///a", tmp_path) == "sqlite:///a"


def test_the_file_of_a_store_is_known_where_it_has_one(tmp_path):
    assert named_file(None, tmp_path) is None
    assert named_file("a.sqlite", tmp_path) == str(tmp_path / "a.sqlite")
    assert named_file("sqlite:////srv/a.sqlite", tmp_path) == "/srv/a.sqlite"
    assert named_file("postgresql://a@b/c", tmp_path) is None


def test_looking_for_the_store_loads_no_rules():
    code = "import scanner.config.location, sys; sys.exit('pydantic' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_user_without_a_home_has_no_configuration_there_and_that_is_no_fault(monkeypatch):
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda number: (_ for _ in ()).throw(KeyError(number)))

    assert [str(place) for place in places({})] == [
        "hiksweep.toml",
        "~/.config/hiksweep/hiksweep.toml",
        "/etc/hiksweep/hiksweep.toml",
    ]


TWO_SITES = """
exclude = "10.9.9.9"
nonsense = 1
[sites.north]
exclude = ["10.1.0.9"]
[sites.north.networks.cameras]
targets = ["10.1.0.0/24"]
exclude = ["10.1.0.64/28", "10.1.0.9"]
enabled = false
[sites.south.networks.cameras]
targets = ["10.1.0.0/24"]
exclude = ["10.1.0.5-10.1.0.7"]
"""


@pytest.mark.parametrize(
    ("site", "ranges"),
    [
        ("north", ["10.9.9.9", "10.1.0.9", "10.1.0.64/28"]),
        ("south", ["10.9.9.9", "10.1.0.5-10.1.0.7"]),
        ("nroth", ["10.9.9.9", "10.1.0.9", "10.1.0.64/28", "10.1.0.5-10.1.0.7"]),
        (None, ["10.9.9.9", "10.1.0.9", "10.1.0.64/28", "10.1.0.5-10.1.0.7"]),
    ],
)
def test_what_is_never_touched_is_found_without_the_other_rules(site, ranges, tmp_path):
    (tmp_path / "x.toml").write_text(TWO_SITES)
    environment = {"HIKSWEEP_CONFIG": str(tmp_path / "x.toml")}

    found = left_out(site, environment)
    assert found.path == tmp_path / "x.toml"
    assert set(map(str, found.ranges)) == set(ranges)
    more = left_out(site, {**environment, "HIKSWEEP_SET_EXCLUDE": "10.8.0.1"})
    assert "10.8.0.1" in map(str, more.ranges)


def test_without_a_configuration_nothing_is_left_out(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert left_out(None, {"XDG_CONFIG_HOME": str(tmp_path)}) is None


@pytest.mark.parametrize(
    "text",
    [
        "exclude = x",
        'exclude = ["printer"]',
        "exclude = 7",
        "exclude = [7]",
        'sites = "x"',
        "exclude = {}\n[sites]\na=1",
    ],
)
def test_what_leaves_open_what_must_not_be_touched_is_refused(text, tmp_path):
    (tmp_path / "x.toml").write_text(text)

    with pytest.raises(UsageError, match="not known; see 'hiksweep config check', or say --no-config"):
        left_out(None, {"HIKSWEEP_CONFIG": str(tmp_path / "x.toml")})


def test_a_configuration_that_is_named_and_not_there_is_refused(tmp_path):
    with pytest.raises(UsageError):
        left_out(None, {"HIKSWEEP_CONFIG": str(tmp_path / "none.toml")})
