"""Other tools' files into observations, one format a file. Reads bytes that it is handed; opens nothing.

`IMPORTERS` lists the formats. Files are recognised by their content, never by their name; where two formats
could both be meant, the order of the list decides.
"""

from __future__ import annotations

from scanner.importers import (
    aos,
    arp,
    csv_table,
    dhcpd,
    dnsmasq,
    httpx,
    ios,
    ip_neigh,
    ip_neigh_json,
    junos,
    kea,
    masscan_grepable,
    masscan_json,
    masscan_list,
    netsh,
    nmap_xml,
    pcap,
    runzero,
    shodan,
    zeek_json,
    zeek_tsv,
    zgrab2,
)
from scanner.importers.interface import HEAD, Importer, Row, Source

__all__ = ["HEAD", "IMPORTERS", "Importer", "Row", "Source", "named", "recognise"]

IMPORTERS: tuple[Importer, ...] = (
    nmap_xml.IMPORTER,
    pcap.IMPORTER,
    dhcpd.IMPORTER,
    kea.IMPORTER,
    dnsmasq.IMPORTER,
    ios.IMPORTER,
    aos.IMPORTER,
    junos.IMPORTER,
    ip_neigh.IMPORTER,
    ip_neigh_json.IMPORTER,
    arp.IMPORTER,
    masscan_json.IMPORTER,
    masscan_list.IMPORTER,
    masscan_grepable.IMPORTER,
    zeek_tsv.IMPORTER,
    zeek_json.IMPORTER,
    zgrab2.IMPORTER,
    httpx.IMPORTER,
    shodan.IMPORTER,
    runzero.IMPORTER,
    netsh.IMPORTER,
    csv_table.IMPORTER,
)


def recognise(head: bytes) -> Importer | None:
    """The format of a file, by its first `HEAD` bytes; None if it is none of ours.

    Blank lines in front, as a terminal leaves them, say nothing; in a capture they are its mark.
    """
    heads = dict.fromkeys((head, head.lstrip(b"\r\n")))
    return next((one for begun in heads for one in IMPORTERS if one.recognises(begun)), None)


def named(name: str) -> Importer | None:
    """The importer for a word of ``--as``."""
    return next((importer for importer in IMPORTERS if importer.name == name), None)
