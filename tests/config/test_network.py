from __future__ import annotations

from datetime import date, timedelta

from scanner.config.network import RATE, WEEKLY
from scanner.config.words import Days, Window

TEXT = """
rate = 100
profile = "ca-federal-institution"
windows = "22:00-05:00"
exclude = "10.9.9.9"
blackout = 2026-12-25
time_zone = "America/Toronto"
facts = "facts.yaml"
snmp_community = { env = "COMMUNITY" }

[sites.ottawa]
rate = 200
exclude = ["10.1.0.9"]
owner = "Facilities"

[sites.ottawa.networks.cameras]
targets = "10.1.0.0/24"
exclude = ["10.1.0.10", "10.9.9.9"]
rate = 300
windows = []
jitter = "10m"

[sites.ottawa.networks.doors]
targets = ["10.2.0.0/24", "10.3.0.5-40"]

[sites.vancouver]
time_zone = "America/Vancouver"
blackout = ["2026-07-01"]

[sites.vancouver.networks.cameras]
targets = "10.1.0.0/24"
"""


def test_the_nearest_wins_and_what_is_left_out_adds_up(read):
    cameras, doors, far = read(TEXT).networks

    assert [network.rate for network in (cameras, doors, far)] == [300, 200, 100]
    assert cameras.exclude == ("10.9.9.9", "10.1.0.9", "10.1.0.10")
    assert doors.exclude == ("10.9.9.9", "10.1.0.9")
    christmas, canada = date(2026, 12, 25), date(2026, 7, 1)
    assert far.blackout == (Days(christmas, christmas), Days(canada, canada))
    assert cameras.windows == ()
    assert doors.windows == (Window(1320, 300),)
    assert (cameras.time_zone.key, far.time_zone.key) == ("America/Toronto", "America/Vancouver")
    assert (doors.owner, far.owner) == ("Facilities", "")
    assert (cameras.jitter, doors.jitter) == (timedelta(minutes=10), timedelta(0))


def test_names_of_files_count_from_the_folder_of_the_configuration(read, tmp_path):
    assert read(TEXT).networks[0].facts == str(tmp_path / "facts.yaml")


def test_two_lines_are_enough(read, one):
    (network,) = read(one).networks

    assert network.id == "main/cameras"
    assert (network.every, network.rate, network.windows, network.profile) == (WEEKLY, RATE, (), ())
    assert network.enabled
    assert network.multicast


def test_facts_may_come_from_a_system_of_the_organisation(read, one):
    assert (
        read('facts = "https://cmdb.example.org/facts"\n' + one).networks[0].facts
        == "https://cmdb.example.org/facts"
    )
