"""A whole scan meets programs that this project did not write: nginx, snmpd and avahi-daemon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.netns, pytest.mark.peer]

SERIAL = "DS-2CD2686G2T-IZS20231208AAWRAX6597176"
COMMUNITY = "only-this-site-knows"


def scan(namespace, tmp_path, *words: str) -> tuple[dict, str]:
    """The result of a scan, and every byte that it printed or kept."""
    done = subprocess.run(
        ["ip", "netns", "exec", namespace.name, sys.executable, "-m", "scanner", "scan", *words,
         "--rate", "5000", "--format", "json", "--journal", str(tmp_path / "journal.jsonl")],
        capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"HIKSWEEP_DATA": str(tmp_path / "data")},
    )  # fmt: skip
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done.stdout + done.stderr + (tmp_path / "journal.jsonl").read_text()


def by_address(result: dict) -> dict[str, dict]:
    return {address: device for device in result["devices"] for address in device["addresses"]}


def test_nginx_is_somebody_elses_server_and_accuses_nobody(sites, tmp_path, needs_program):
    program = needs_program("nginx", "nginx-light")
    folder = tmp_path / "nginx"
    folder.mkdir()
    (folder / "index.html").write_text("<html><title>Ban of Hikvision cameras</title>DS-2CD2032-I</html>")
    folder.chmod(0o755)
    (folder / "conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error; user root;\nevents {{}}\n"
        f"http {{ access_log {folder}/access; client_body_temp_path {folder}; proxy_temp_path {folder};\n"
        f"fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};\n"
        f"server {{ listen 10.77.3.10:80; root {folder}; }} }}\n"
    )
    sites.far.start(program, "-c", str(folder / "conf"), "-e", str(folder / "error"))
    time.sleep(1)

    result, _ = scan(sites.scanner, tmp_path, "10.77.3.8/29")

    device = by_address(result)["10.77.3.10"]
    asked = [line.split('"')[1] for line in (folder / "access").read_text().splitlines()]
    assert device["evidenced_maker"] != "hikvision"
    assert asked[0] == "GET / HTTP/1.1"
    assert len([line for line in asked if line.startswith("GET")]) <= 6
    assert all(line.split()[0] in {"GET", "POST"} for line in asked)
    assert all(line.split()[1].startswith("/onvif") for line in asked if line.startswith("POST"))


def test_snmpd_answers_the_sites_community_which_is_written_nowhere(sites, tmp_path, needs_program):
    program = needs_program("snmpd", "snmpd")
    (tmp_path / "state").mkdir()
    (tmp_path / "agent.conf").write_text(
        f"rocommunity {COMMUNITY}\nsysDescr Hikvision company products\nsysObjectID 1.3.6.1.4.1.50001\n"
    )
    (tmp_path / "community").write_text(COMMUNITY + "\n")
    sites.far.start(
        program, "-f", "-Lo", "-C", "-c", str(tmp_path / "agent.conf"), "-m", "",
        f"--persistentDir={tmp_path / 'state'}", "udp:10.77.3.10:161",
    )  # fmt: skip
    # SNMP is asked of hosts that are there; this one shows itself by an open port.
    sites.far.start(
        sys.executable, "-m", "http.server", "80", "--bind", "10.77.3.10", "--directory", "/nonexistent"
    )
    time.sleep(1.5)

    result, everything = scan(
        sites.scanner, tmp_path, "10.77.3.10", "--snmp-community-file", str(tmp_path / "community")
    )

    device = by_address(result)["10.77.3.10"]
    assert (device["evidenced_maker"], device["confidence"]) == ("hikvision", "confirmed")
    assert "snmp" in {evidence["protocol"] for evidence in device["evidence"]}
    assert COMMUNITY not in everything
    theirs = {tmp_path / "agent.conf", tmp_path / "community"}
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path not in theirs]
    assert not [path for path in kept if COMMUNITY.encode() in path.read_bytes()]


def test_avahi_announces_a_serial_number_and_is_heard(sites, tmp_path, avahi):
    avahi(sites.near1, SERIAL, [(f"Hall - {SERIAL[-9:]}", "_http._tcp")])

    result, _ = scan(sites.scanner, tmp_path, "10.77.1.0/24")

    (device,) = [device for device in result["devices"] if device["serial"] == SERIAL]
    assert device["evidenced_maker"] == "hikvision"
    assert set(device["addresses"]) <= {"10.77.1.10", "fd77:1::10"}
    assert result["coverage"]["by_method"]["mdns"]["answered"] >= 1


def test_openssl_with_old_and_weak_tls_still_shows_its_certificate(sites, tmp_path, needs_program):
    """Old firmware speaks TLS 1.0 with ciphers that nobody else takes any more."""
    program = needs_program("openssl", "openssl")
    sites.far.ip("address", "add", "10.77.3.11/24", "dev", "lan")
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "2", "-subj", "/C=CN/O=Somebody/CN=door",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    for address, version in (("10.77.3.10", "-tls1"), ("10.77.3.11", "-tls1_2")):
        sites.far.start(
            program, "s_server", "-accept", f"{address}:443", version, "-cipher", "AES128-SHA:@SECLEVEL=0",
            "-cert", certificate, "-key", key, "-www", "-quiet",
        )  # fmt: skip
    time.sleep(1)

    result, _ = scan(sites.scanner, tmp_path, "10.77.3.10/31")

    entries = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    shown = {entry["host"] for entry in entries if entry.get("protocol") == "tls-cert"}
    assert shown == {"10.77.3.10", "10.77.3.11"}
    pages = {entry["host"] for entry in entries if entry.get("protocol") == "https"}
    assert pages == shown
    assert {device["evidenced_maker"] for device in result["devices"]} <= {"unknown", "other"}
