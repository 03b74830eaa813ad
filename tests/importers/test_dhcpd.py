"""Leases of ISC dhcpd: the last one of an address holds, an ended one is known by its MAC alone."""

from __future__ import annotations

from scanner.importers.dhcpd import IMPORTER

BLOCK = """lease {address} {{
  starts 3 2026/11/25 02:46:23;
  binding state {state};
  hardware ethernet {mac};
  client-hostname "{name}";
}}
"""


def block(address="192.0.2.50", state="active", mac="44:19:b6:00:53:02", name="cam"):
    return BLOCK.format(address=address, state=state, mac=mac, name=name)


def test_a_lease_gives_address_name_class_and_time(rows_of, used, sample):
    first = used(rows_of(IMPORTER, sample("dhcpd.leases")))[0]

    (heard,), (seen,) = first.observations, first.sightings
    assert (heard.host, heard.protocol, heard.at) == ("192.0.2.50", "dhcp", "2026-11-25T02:46:23Z")
    assert b"hostname: DS-2CD2042WD-I20160721AAWR600531234\nvendor-class: udhcp 1.20.2" in heard.payload
    assert (seen.mac, seen.address) == ("44:19:b6:00:53:02", "192.0.2.50")


def test_the_later_entry_of_a_lease_holds(rows_of, used):
    rows = rows_of(IMPORTER, block() + block(name="later"))

    assert "later entry" in rows[0].unused
    assert b"later" in used(rows)[0].observations[0].payload


def test_an_earlier_client_of_an_address_is_known_by_its_mac(rows_of, used):
    rows = used(rows_of(IMPORTER, block() + block(mac="02:00:5e:00:53:09", name="laptop")))

    assert [row.observations[0].host for row in rows] == ["44:19:b6:00:53:02", "192.0.2.50"]
    assert rows[0].sightings == ()


def test_an_ended_lease_is_no_word_on_its_address(rows_of, used):
    assert used(rows_of(IMPORTER, block(state="free")))[0].observations[0].host == "44:19:b6:00:53:02"


def test_escapes_in_a_name_are_its_bytes(rows_of, used):
    (row,) = used(rows_of(IMPORTER, block(name=r"we\042ird\033[2J; }")))

    assert b'hostname: we"ird; }\n' in row.observations[0].payload


def test_a_block_without_its_end_costs_itself(rows_of, used):
    rows = rows_of(
        IMPORTER, "lease 192.0.2.49 {\n  binding state active;\n" + block() + "lease 192.0.2.51 {\n"
    )

    assert [row.broken for row in rows] == [True, True, False]
    assert len(used(rows)) == 1


def test_an_ipv6_lease_has_its_mac_in_the_identifier(rows_of, used):
    text = (
        r'ia-na "\001\000\000\000\000\001\000\0012\231\010\200D\031\266\000S\002" {' + "\n"
        "  cltt 3 2026/11/25 02:46:23;\n"
        "  iaaddr 2001:db8::100 {\n    binding state active;\n    ends epoch 1795578386;\n  }\n}\n"
    )
    (row,) = used(rows_of(IMPORTER, text))

    assert row.observations[0].host == "2001:db8::100"
    assert row.sightings[0].mac == "44:19:b6:00:53:02"


def test_what_is_no_lease_file_is_not_taken_for_one():
    assert not IMPORTER.recognises(b"the lease of the house { ends soon; }")
    assert IMPORTER.recognises(block().encode())


def test_leases_that_are_waited_for_are_given_where_the_reading_is_stopped(rows_until_stopped, used):
    lease = "lease 192.0.2.{} {{\n  binding state active;\n  hardware ethernet 44:19:b6:00:53:0{};\n}}\n"
    text = (
        lease.format(5, 2)
        + lease.format(6, 3)
        + "lease 192.0.2.7 {\n  hardware ethernet 44:19:b6:00:53:04;\n"
    )

    found = used(rows_until_stopped(IMPORTER, text))

    assert [row.observations[0].host for row in found] == ["192.0.2.5", "192.0.2.6"]
