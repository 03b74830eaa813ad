"""The command as a user runs it, in-process: what stands on the screen and how it ends."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scanner.cli import signatures
from scanner.knowledge import check as checking
from scanner.knowledge import load
from scanner.matcher.making import KINDS, Kind
from scanner.model.errors import UsageError

REPLY = b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n\r\n"


def run(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(signatures.command, words, input=stdin)


def test_list_shows_every_entry_with_its_strength() -> None:
    result = run("list")
    known = load()
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert len(lines) == len(known.signatures) + len(known.lookalikes) + len(KINDS)
    (line,) = [line for line in lines if line.startswith("http-server-dnvrs-webs ")]
    assert "strong" in line
    (line,) = [line for line in lines if line.startswith("lookalike-hanbang-web ")]
    assert "look-alike" in line


def test_list_can_be_narrowed_by_protocol_and_by_maker() -> None:
    ours = run("list", "--protocol", "mac", "--maker", "hikvision").stdout
    assert "mac-oui-family" in ours
    assert "mac-oui-other" not in ours
    assert "mac-oui-other" in run("list", "--protocol", "mac", "--maker", "other").stdout
    assert run("list", "--protocol", "gopher").exit_code == 2


def test_list_of_nothing_says_so() -> None:
    result = run("list", "--protocol", "ssh")
    assert result.stdout == ""
    assert result.stderr.startswith("0 of ")


def test_show_prints_pattern_conditions_source_and_examples() -> None:
    text = run("show", "rtsp-public-list").stdout
    assert "pattern:" in text
    assert "unless:           header.server has ." in text
    assert "with a partner:   strong beside one of realm-ip-camera-suffix" in text
    assert "(as of 2026-11-23)" in text
    assert "counter-example:" in text
    assert "fingerprints/signatures/rtsp.yaml:" in text


def test_show_prints_what_only_some_entries_have() -> None:
    assert "registered:       MAC block of kind" in run("show", "realm-mac-registered").stdout
    assert "grammar:          the model is of the maker's own" in run("show", "realm-model").stdout
    assert "against:          rtsp-shape" in run("show", "lookalike-ivsec").stdout
    assert "few examples:     " in run("show", "http-favicon-device-md5").stdout
    assert "claims:           nothing" in run("show", "lookalike-goahead").stdout
    assert "needs:            request has " in run("show", "http-body-footer").stdout


def test_show_of_an_unknown_name_offers_near_ones() -> None:
    with pytest.raises(UsageError, match="Did you mean realm-mac-registered"):
        CliRunner().invoke(signatures.command, ["show", "realm-mac"], catch_exceptions=False)
    with pytest.raises(UsageError, match="signatures list"):
        CliRunner().invoke(signatures.command, ["show", "nothing\x1b[2J"], catch_exceptions=False)


def test_test_runs_every_example_and_ends_with_zero() -> None:
    result = run("test")
    assert result.exit_code == 0, result.stdout
    assert result.stdout.endswith(" 0 faults\n")


def test_test_ends_with_one_and_names_the_line_of_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = checking.Outcome((checking.Fault("fingerprints/signatures/http.yaml:7", "broken"),), 1, 0, 2, 2)
    monkeypatch.setattr(signatures, "check", lambda *_, **__: outcome)
    result = run("test")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "fingerprints/signatures/http.yaml:7: broken",
        "1 signatures and 0 look-alikes: 2 examples, 2 counter-examples, 1 faults",
    ]


def test_try_reads_raw_bytes_of_one_reply(tmp_path: Path) -> None:
    file = tmp_path / "reply.bin"
    file.write_bytes(REPLY)
    expected = [
        "http",
        "  strong http-server-dnvrs-webs: maker=hikvision, maker_name=Hikvision [header.server: DNVRS-Webs]",
    ]
    assert run("try", str(file), "--protocol", "http").stdout.splitlines() == expected
    assert run("try", "-", "--protocol", "http", stdin=REPLY).stdout.splitlines() == expected


def test_try_uses_what_was_asked() -> None:
    realm = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="5048c9083c2853c12763f499"\r\n\r\n'
    asked = ("try", "-", "--protocol", "http", "--request", "GET /ISAPI/System/deviceInfo")
    assert "realm-24hex-path" in run(*asked, stdin=realm).stdout
    assert "no signature matches" in run("try", "-", "--protocol", "http", stdin=realm).stdout


def test_try_reads_observations_and_goes_on_after_bad_lines(tmp_path: Path) -> None:
    file = tmp_path / "observations.jsonl"
    lines = [
        {"host": "192.0.2.1", "protocol": "mac", "payload": "E0:BA:AD:FE:93:2A"},
        {
            "host": "192.0.2.2",
            "protocol": "http",
            "port": 80,
            "payload_b64": base64.b64encode(REPLY).decode(),
        },
        {"host": "192.0.2.3", "protocol": "gopher", "payload": "x"},
        {"host": "192.0.2.4", "protocol": "mac", "payload": "no address"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n")
    result = run("try", str(file))
    assert result.exit_code == 0
    assert "192.0.2.1: mac\n  strong mac-oui-family: " in result.stdout
    assert "192.0.2.2: http port 80\n" in result.stdout
    assert "line 3: unknown protocol 'gopher'" in result.stderr
    assert "192.0.2.4: mac: cannot be read as mac" in result.stderr


def test_a_look_alike_is_called_one() -> None:
    result = run("try", "-", "--protocol", "http", stdin=b"HTTP/1.1 200 OK\r\nServer: GoAhead-Webs\r\n\r\n")
    assert "look-alike lookalike-goahead: nothing of its own [header.server: GoAhead-Webs]" in result.stdout


def test_try_refuses_what_it_cannot_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*words: str, stdin: bytes = b"") -> str:
        with pytest.raises(UsageError) as caught:
            CliRunner().invoke(signatures.command, words, input=stdin, catch_exceptions=False)
        return str(caught.value)

    assert "cannot be read" in refused("try", str(tmp_path / "absent"))
    assert "nothing in it could be read" in refused("try", "-", stdin=b"not json\n")
    assert "--request goes with --protocol" in refused("try", "-", "--request", "GET /")
    monkeypatch.setattr(signatures, "_FILE_LIMIT", 1024)
    assert "larger than" in refused("try", "-", stdin=b"x" * 2048)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_evidence_that_is_derived_can_be_looked_up_as_well(kind: Kind) -> None:
    """What a report names as evidence, an auditor can look up by that name."""
    result = run("show", kind.id)

    assert result.exit_code == 0
    assert kind.says in result.output
    assert kind.id in run("list").output


def test_a_corpus_is_held_against_the_strengths(tmp_path: Path) -> None:
    payload = '<Time xmlns="http://www.hikvision.com/ver20/XMLSchema"><timeMode>NTP</timeMode></Time>'
    line = {"host": "10.0.0.5", "protocol": "http", "payload": payload}
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(
        json.dumps({**line, "truth": {"evidenced_maker": "hikvision"}}) + "\n\n" + json.dumps(line) + "\n"
    )
    assert run("test", "--corpus", str(corpus)).exit_code == 0

    corpus.write_text(json.dumps({**line, "truth": {"evidenced_maker": "other"}}) + "\n")
    result = run("test", "--corpus", str(corpus))

    assert result.exit_code == 1
    assert "isapi-namespace-hikvision: conclusive, and seen on devices of other makers" in result.stdout
    assert "(corpus.jsonl:1)" in result.stdout


def test_a_corpus_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('\n{"host": 7}\n')
    with pytest.raises(UsageError, match=r"corpus\.jsonl:2: "):
        CliRunner().invoke(signatures.command, ["test", "--corpus", str(corpus)], catch_exceptions=False)
