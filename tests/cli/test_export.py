"""`hiksweep export`: of a run, of a journal, of the inventory as of a day; refusals in one line."""

from __future__ import annotations

import http.server
import json
import socket
import threading

import pytest

from scanner.reporter.export import FORMATS

LOOK_UP = socket.getaddrinfo
"""As it is: the command line's tests have none, and loopback needs it too."""


def devices(said) -> set[str]:
    """The addresses of the devices in a report as JSON."""
    assert said.code == 0, said.err
    found = json.loads(said.out)["devices"]
    return {one["addresses"][0] for one in found if one["evidenced_maker"] == "hikvision"}


@pytest.mark.usefixtures("year_begins")
def test_the_last_run_is_exported_unless_another_is_named(hiksweep):
    first = next(line for line in hiksweep("history", "10.1.0.2").out.split() if line.startswith("20260105"))

    assert devices(hiksweep("export", "json")) == {"10.1.0.1"}
    assert devices(hiksweep("export", "json", "--run", first.strip(".,;"))) == {"10.1.0.1", "10.1.0.2"}


@pytest.mark.usefixtures("year_begins")
def test_the_inventory_as_of_a_day_holds_what_is_missing_too(hiksweep):
    assert devices(hiksweep("export", "json", "--as-of", "2026-01-27")) == {"10.1.0.1", "10.1.0.2"}

    said = hiksweep("export", "ocsf", "--as-of", "2026-01-27")
    found = [json.loads(line) for line in said.out.splitlines()]
    presence = {one["device"]["ip"]: one["unmapped"]["presence"] for one in found if "device" in one}
    assert presence == {"10.1.0.1": "present", "10.1.0.2": "missing"}


@pytest.mark.usefixtures("year_begins")
def test_what_is_verified_to_be_removed_is_left_out(hiksweep):
    words = ("--by", "A. Person", "--date", "2026-01-26", "--note", "taken down")
    assert hiksweep("verify-removed", "10.1.0.2", *words).code == 0
    said = hiksweep("export", "json", "--as-of", "2026-01-27")

    assert devices(said) == {"10.1.0.1"}
    assert devices(hiksweep("export", "json", "--as-of", "2026-01-26")) == {"10.1.0.1", "10.1.0.2"}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_of_a_journal_without_a_store(form, hiksweep, journal_of, things, tmp_path):
    journal = journal_of("2026-01-05", {"10.1.0.1": things.camera(1)})
    place = tmp_path / "out"
    said = hiksweep("export", form, "--run", journal, "--profile", "us-federal-contractor", "--output", place)

    assert said.code == 0, said.err
    assert place.stat().st_size > 10
    assert "Found 1" in said.err
    assert not (tmp_path / "data/inventory.sqlite").exists()


@pytest.mark.usefixtures("year_begins")
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "name a format"),
        (("xml",), "is not one of"),
        (("json", "--run", "nonesuch"), "the store has no such run"),
        (("json", "--run", "2026", "--as-of", "2026-01-27"), "exclude each other"),
        (("json", "--as-of", "2025-01-01"), "no run up to 2025-01-01"),
        (("json", "--as-of", "soon"), "not a day"),
        (("json", "--set", "a"), "NAME=VALUE"),
        (("json", "--set", "a=b"), "no such setting"),
        (("json", "--profile", "nobody"), "nobody"),
        (("json", "--output", "/nonexistent/x"), "does not exist"),
        (("json", "--site", "annex"), "no run of the site annex"),
        (("json", "--send", "https://x.example"), "json is handed to no system"),
        (("cef", "--apply"), "--apply needs --send"),
        (("cef", "--token-file", "x"), "--token-file needs --send"),
        (("cef", "--send", "tls://x.example", "--output", "x"), "exclude each other"),
        (("cef", "--send", "tls://x.example", "--ca", "/nonexistent"), "no such file"),
        (("cef", "--send", "udp://x.example"), "write tls://HOST"),
        (("splunk", "--send", "http://x.example"), "an https:// URL is needed"),
        (("splunk", "--send", "https://x.example", "--token-file", "/nonexistent"), "/nonexistent"),
    ],
)
def test_a_bad_request_costs_one_line(words, complaint, hiksweep):
    said = hiksweep("export", *words)

    assert said.code == 2
    assert complaint in said.complaint


def test_an_empty_inventory_says_how_to_fill_it(hiksweep):
    hiksweep("store", "init")

    assert "'hiksweep scan' makes one" in hiksweep("export", "json").complaint


def test_a_journal_is_never_written_over(hiksweep, journal_of):
    journal = journal_of("2026-01-05")
    before = journal.read_bytes()

    assert hiksweep("export", "json", "--run", journal, "--output", journal).code == 2
    assert journal.read_bytes() == before


@pytest.mark.usefixtures("year_begins")
def test_an_export_is_handed_to_a_collector_and_its_token_stands_nowhere(hiksweep, tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", LOOK_UP)
    token = tmp_path / "token"
    token.write_text("b7c1-s3cret\n", encoding="utf-8")
    token.chmod(0o600)
    asked: list[str] = []
    status = [200]

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(self.headers["Authorization"])
            said = (
                b'{"text": "Success", "code": 0}' if status[0] == 200 else b'{"text": "Invalid", "code": 6}'
            )
            self.send_response(status[0])
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        words = (
            "export",
            "splunk",
            "--token-file",
            token,
            "--send",
            f"http://127.0.0.1:{server.server_port}",
        )
        taken = hiksweep(*words)
        status[0] = 400
        refused = hiksweep(*words)
        server.shutdown()

    assert (taken.code, refused.code) == (0, 1)
    assert "events were taken" in taken.out
    assert set(asked) == {"Splunk b7c1-s3cret"}
    assert "s3cret" not in taken.out + taken.err + refused.out + refused.err


def test_the_list_tells_every_format_and_what_it_asks(hiksweep):
    said = hiksweep("export", "--list")

    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines() if not line.startswith(" ")] == list(FORMATS)
