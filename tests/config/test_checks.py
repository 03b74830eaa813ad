from __future__ import annotations

import time

import pytest

NETWORK = "[sites.{site}.networks.cameras]\ntargets = {targets}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "sites: there is no network yet; write [sites.SITE.networks.NAME] with its targets"),
        ('profile = "ca-federal-institutio"\n[sites.a.networks.b]\ntargets="10.1.0.0/24"',
         "1: profile: 'ca-federal-institutio' is no profile; did you mean ca-federal-institution?"),
        ('[sites.a]\nprofile = "zz"\n[sites.a.networks.b]\ntargets="10.1.0.0/24"',
         "2: sites.a.profile: 'zz' is no profile; 'hiksweep mandates profiles' lists them"),
        (NETWORK.format(site="a", targets='["10.1.0.0/33"]'), "2: sites.a.networks.cameras.targets: 10.1.0.0/33: not a prefix"),
        (NETWORK.format(site="a", targets='["10.1.0.0/24",\n"camera.example"]'), "3: sites.a.networks.cameras.targets: 'camera.example' is a name"),
        (NETWORK.format(site="a", targets='["192.0.2.0/25"]'), "2: sites.a.networks.cameras.targets: '192.0.2.0/25' is kept for examples"),
        (NETWORK.format(site="a", targets='["8.8.8.0/24"]'), "2: sites.a.networks.cameras.targets: 8.8.8.0/24: public addresses"),
        (NETWORK.format(site="a", targets='["10.0.0.0/7"]') , "2: sites.a.networks.cameras.targets: 33,554,432 addresses are more than 2^24"),
        (NETWORK.format(site="a", targets='["127.0.0.1"]'), "2: sites.a.networks.cameras.targets: '127.0.0.1' is this machine itself"),
        (NETWORK.format(site="rehearsal", targets='["10.1.0.0/24"]'), "2: sites.rehearsal.networks.cameras.targets: '10.1.0.0/24': the site rehearsal holds loopback"),
        ('exclude = "x y"\n' + NETWORK.format(site="a", targets='["10.1.0.0/24"]'), "1: exclude: x y: neither an address"),
        ("[inventory]\nmissing_sweeps = 4\n" + NETWORK.format(site="a", targets='["10.1.0.0/24"]'), "2: inventory.missing_sweeps: 4 sweeps of 3 are never reached"),
        ('exclude = "10.0.0.0/8"\n' + NETWORK.format(site="a", targets='["10.1.0.0/24"]'), "3: sites.a.networks.cameras.targets: nothing is left to sweep"),
    ],
)  # fmt: skip
def test_a_configuration_that_is_well_formed_and_wrong_is_told_where(text, said, faults):
    assert [fault for fault in faults(text) if fault.startswith(said)], faults(text)


def test_what_was_meant_is_let_be(read):
    found = read(NETWORK.format(site="a", targets='["8.8.8.0/24"]') + "yes = true\n")

    assert found.networks[0].yes
    assert read(NETWORK.format(site="rehearsal", targets='["127.77.0.0/24"]')).networks[0].site == "rehearsal"


@pytest.mark.parametrize(
    ("more", "warning"),
    [
        ('exclude = ["10.1.0.9",\n"10.2.0.0/24"]', "4: sites.a.networks.cameras.exclude: '10.2.0.0/24' lies outside the targets"),
        ('[sites.a.networks.all]\ntargets = "10.1.0.0/16"', "4: sites.a.networks.all.targets: 10.1.0.0/24 is in a/cameras too"),
        ('windows = "22:00-22:30"\njitter = "30m"', "4: sites.a.networks.cameras.jitter: as long as the longest window"),
    ],
)  # fmt: skip
def test_what_is_allowed_and_odd_is_warned_of(more, warning, read):
    (found,) = read(NETWORK.format(site="a", targets='["10.1.0.0/24"]') + more).warnings

    assert str(found).rpartition("hiksweep.toml:")[2].startswith(warning)


def test_two_sites_may_use_the_same_addresses(read):
    text = NETWORK.format(site="a", targets='["192.168.1.0/24"]') + NETWORK.format(
        site="b", targets='["192.168.1.0/24"]'
    )

    assert read(text).warnings == ()


def test_many_networks_are_checked_without_comparing_each_with_each(read):
    text = "".join(
        f'[sites.a.networks.n{number}]\ntargets = "10.{number // 256}.{number % 256}.0/24"\n'
        for number in range(1000)
    )

    began = time.process_time()
    found = read(text + '[sites.a.networks.all]\ntargets = "10.0.0.0/22"\nexclude = "10.0.0.0/24"\n')

    assert time.process_time() - began < 10
    assert [str(warning).rpartition(": ")[2] for warning in found.warnings] == [
        f"10.0.{number}.0/24 is in a/n{number} too, and will be swept by both" for number in (1, 2, 3)
    ]
