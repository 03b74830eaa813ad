"""Zeek's JSON, of one log or of all in one stream."""

from __future__ import annotations

import pytest

from scanner.importers.zeek_json import IMPORTER


@pytest.mark.parametrize(
    ("text", "used_rows"),
    [
        ('{"ts":1795575040.1,"uid":"C","id.orig_h":"192.0.2.9","id.resp_h":"192.0.2.1","id.resp_p":80,"proto":"tcp","conn_state":"SF"}', 1),
        ('{"ts":"2026-11-25T02:50:40.1Z","uid":"C","id":{"orig_h":"192.0.2.9","resp_h":"192.0.2.1","resp_p":80},"_path":"conn","proto":"tcp","conn_state":"REJ"}', 1),
        ('{"ts":1,"host":"192.0.2.1"}', 0),
        ('{"ts":1,"host":"192.0.2.1","host_p":80,"software_type":"HTTP::SERVER","unparsed_version":"x"}', 1),
        ('{"ts":1,"msg_types":["ACK"],"mac":"44:19:b6:00:53:02","assigned_addr":"192.0.2.1","host_name":"cam"}', 1),
        ('{"_path":"weird","ts":1}', 0),
        ('{"ts":1,"uid":"C","id":{"orig_h":"192.0.2.9","resp_h":"192.0.2.1","resp_p":80},"proto":"tcp","conn_state":"SF"}', 1),
        ('{"ts":1,"uid":"C","id_orig_h":"192.0.2.9","id_resp_h":"192.0.2.1","id_resp_p":80,"proto":"tcp","conn_state":"SF"}', 1),
        ('{"ts":1,"uid":"C","id.orig_h":"192.0.2.9","id.resp_h":"192.0.2.1","id.resp_p":443,"established":true,"subject":"CN=x"}', 1),
        ('{"ts":1,"uid":"C","id.orig_h":"192.0.2.9","id.resp_h":"192.0.2.1","id.resp_p":443,"established":false,"cert_chain_fps":["ab"]}\n{"ts":1,"fingerprint":"ab","certificate.subject":"CN=x","host_cert":true}', 2),
        ('{"ts":1,"host":"192.0.2.1","port_num":554,"port_proto":"tcp","service":["RTSP"]}', 1),
        ('{"ts":1,"host":"192.0.2.1","port_num":161,"port_proto":"udp","service":["SNMP"]}', 0),
        ('{"ts":1,"host":"192.0.2.1","port_num":443,"subject":"CN=x","issuer_subject":"CN=y","serial":"01"}', 1),
        ('{"ts":1,"fingerprint":"ab","certificate.subject":"CN=x","san.dns":["a"]}', 0),
    ],
)  # fmt: skip
def test_each_log_is_recognised_and_read(text, used_rows, rows_of, used):
    assert IMPORTER.recognises(text.encode())
    assert len(used(rows_of(IMPORTER, text))) == used_rows


def test_other_json_is_not_recognised():
    assert not IMPORTER.recognises(b'{"ts":1,"message":"x"}')
    assert not IMPORTER.recognises(b'{"host":"x"}')


def test_a_bad_line_costs_that_line(rows_of, used, sample):
    rows = rows_of(IMPORTER, sample("zeek-conn.ndjson") + b'{"ts":\n' + sample("zeek-conn.ndjson"))

    assert [row.broken for row in rows] == [False, True, False]
