"""Zeek's own form: separators, unset fields, several logs in one file."""

from __future__ import annotations

from scanner.importers.zeek_tsv import IMPORTER


def test_each_log_of_a_joined_file_has_its_own_fields(rows_of, used, sample):
    rows = used(
        rows_of(IMPORTER, sample("zeek-software.log") + sample("zeek-dhcp.log") + sample("zeek-conn.log"))
    )

    assert [one.protocol for row in rows for one in row.observations] == ["http", "dhcp", "dhcp", "dhcp"]
    assert [one.port for row in rows for one in row.endings] == [80, 22, 80]


def test_certificates_meet_their_server(rows_of, used, sample):
    (row,) = used(rows_of(IMPORTER, sample("zeek-x509-ssl.log")))

    assert row.observations[0].payload.startswith(b"subject: CN=*.example.net,")


def test_another_separator_and_escapes_are_read(rows_of, used):
    text = (
        "#separator \\x7c\n#unset_field|?\n#empty_field|none\n#path|software\n"
        "#fields|ts|host|host_p|software_type|unparsed_version\n1|192.0.2.1|80|HTTP::SERVER|a\\x7cb\n"
        "1|192.0.2.1|80|HTTP::SERVER|?\n1|192.0.2.1\n"
    )
    rows = rows_of(IMPORTER, text)

    assert used(rows)[0].observations[0].payload == b"Server: a|b\r\n\r\n"
    assert rows[-1].broken


def test_entries_before_any_fields_are_broken(rows_of):
    assert rows_of(IMPORTER, "1\t2\t3\n#fields\n")[0].broken
    assert not IMPORTER.recognises(b"# fields of barley\n")
