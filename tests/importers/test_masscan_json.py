"""JSON of masscan, also as it breaks it."""

from __future__ import annotations

import pytest

from scanner.importers.masscan_json import IMPORTER

OPEN = '{"ip": "192.0.2.1", "timestamp": "1795575040", "ports": [{"port": 80, "proto": "tcp", "status": "open"}]}'
BANNER = (
    '{"ip": "192.0.2.1", "timestamp": "1795575040", "ports": '
    '[{"port": 22, "proto": "tcp", "service": {"name": "ssh", "banner": "SSH-2.0-x"}}]}'
)


@pytest.mark.parametrize(
    "text",
    [
        f"[\n{OPEN},\n{BANNER}\n]\n",
        f"[\n{OPEN},\n{BANNER},\n",
        f"[\n{OPEN}\n,\n{BANNER}\n,\n]",
        f"{OPEN}\n{BANNER}\n",
        f"{OPEN},\n{BANNER},\n{{finished: 1}}\n",
        f"[{OPEN},{BANNER}]",
    ],
)
def test_each_variant_is_recognised_and_read(text, rows_of, used):
    rows = used(rows_of(IMPORTER, text))

    assert IMPORTER.recognises(text.encode())
    assert rows[0].endings[0].port == 80
    assert rows[1].observations[0].payload == b"SSH-2.0-x"


def test_several_ports_of_one_object_are_one_row(rows_of):
    text = '{"ip":"192.0.2.1","timestamp":"1","ports":[{"port":80,"proto":"tcp","status":"open"},7,{"port":443,"proto":"tcp","status":"open"}]}'
    (row,) = rows_of(IMPORTER, text)

    assert [ended.port for ended in row.endings] == [80, 443]


def test_objects_without_sense_say_so(rows_of):
    text = '{"ip":"192.0.2.1","timestamp":"1","ports":[]}\n{"ip":"x"}\n{"rec_type":"banner","data":1}\n{"ip":1,"ports":[{}]}'

    assert [bool(row.unused) for row in rows_of(IMPORTER, text)] == [True] * 4


def test_records_of_the_other_form_are_read(rows_of, used, sample):
    rows = used(rows_of(IMPORTER, sample("masscan.ndjson")))

    assert any(b"Server: DNVRS-Webs" in one.payload for row in rows for one in row.observations)
