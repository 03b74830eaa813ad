"""Leases of Kea: names in lower case, deleted leases, several headings in one file."""

from __future__ import annotations

from scanner.importers.kea import IMPORTER

HEADING = (
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n"
)


def test_a_name_that_is_a_serial_number_is_read_in_upper_case(rows_of, used, sample):
    first = used(rows_of(IMPORTER, sample("kea.csv")))[0].observations[0]

    assert b"hostname: DS-2CD2042WD-I20160721AAWR600531234\n" in first.payload
    assert first.at == "2026-11-25T02:46:29Z"


def test_a_lease_that_was_given_back_is_known_by_its_mac(rows_of, used):
    line = "192.0.2.5,44:19:b6:00:53:02,,{},1795575389,1,0,0,front-door,{},\n"
    for lifetime, state in ((0, 0), (600, 2)):
        (row,) = used(rows_of(IMPORTER, HEADING + line.format(lifetime, state)))
        assert row.observations[0].host == "44:19:b6:00:53:02"
        assert b"front-door" in row.observations[0].payload


def test_an_ipv6_lease_is_read(rows_of, used):
    text = (
        "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,"
        "hostname,hwaddr,state,user_context,hwtype,hwaddr_source\n"
        "2001:db8::5,00:01:00:01:32:99:08:80:44:19:b6:00:53:02,4000,1795575389,1,3000,0,1,128,0,0,cam.,,0,,1,0\n"
    )
    (row,) = used(rows_of(IMPORTER, text))

    assert IMPORTER.recognises(text.encode())
    assert (row.observations[0].host, row.sightings[0].mac) == ("2001:db8::5", "44:19:b6:00:53:02")


def test_lines_without_a_heading_or_with_too_few_values_are_broken(rows_of):
    rows = rows_of(IMPORTER, "192.0.2.5,x\n" + HEADING + "192.0.2.5,x\nnobody,,,1,2,3,0,0,,0,\n")

    assert [row.broken for row in rows] == [True, False, True, True]


def test_leases_that_are_waited_for_are_given_where_the_reading_is_stopped(rows_until_stopped, used):
    line = "192.0.2.{},44:19:b6:00:53:0{},,600,1795575389,1,0,0,,0,\n"
    text = HEADING + line.format(5, 2) + line.format(6, 3) + "192.0.2.7,44:19:b6:00:5"

    found = used(rows_until_stopped(IMPORTER, text))

    assert [row.observations[0].host for row in found] == ["192.0.2.5", "192.0.2.6"]
