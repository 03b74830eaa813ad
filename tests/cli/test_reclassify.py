"""`hiksweep reclassify`: what is shown is what is done, and nothing is done unasked."""

from __future__ import annotations

import json
import shutil

import pytest

from scanner.cli.reclassify import NOT_DONE
from scanner.knowledge import fingerprints_root
from scanner.model.protocol import Protocol

STRANGER = (Protocol.HTTP, b"HTTP/1.1 200 OK\r\nServer: lab-only-web\r\n\r\n")
ADDED = """
- id: http-server-zz-lab-only
  protocols: [http, https]
  field: header.server
  pattern: '^lab-only-web$'
  claims: {maker: hikvision}
  strength: strong
  family: http-server
  says: 'A web server of the laboratory'
  source: {ref: 'this test', as_of: '2026-11-25'}
  few_examples: 'a test'
"""
SENSITIVE = "defaults:\n  site_is_sensitive: yes\n"
BY = ("--by", "J. Doe", "--reason", "signatures of May")


@pytest.fixture
def knowledge(tmp_path, monkeypatch):
    """The folder of data that the commands use, a copy."""
    root = tmp_path / "fingerprints"
    shutil.copytree(fingerprints_root(), root)
    monkeypatch.setattr("scanner.knowledge.fingerprints_root", lambda: root)
    return root


@pytest.fixture
def changed(knowledge):
    """Take one signature out and add one; returns what puts it back."""

    def change():
        path = knowledge / "signatures" / "http.yaml"
        text = path.read_text()
        begin = text.index("- id: http-server-app-webs\n")
        end = text.index("\n- id: ", begin) + 1
        path.write_text(text[:begin] + text[end:].rstrip("\n") + "\n" + ADDED)
        return lambda: path.write_text(text)

    return change


@pytest.fixture
def swept(knowledge, hiksweep, journal_of, things):
    there = {"10.1.0.1": things.camera(1), "10.1.0.2": things.NAMELESS, "10.1.0.3": STRANGER}
    for day in ("2026-01-05", "2026-01-12"):
        journal = journal_of(day, there, profiles=("ca-federal-institution",))
        assert hiksweep("store", "ingest", journal, "--site", "lab").code == 0


def lists(hiksweep):
    return hiksweep("devices").out, hiksweep("findings", "--state", "open").out


def test_a_signature_out_and_one_in_and_back_again(swept, hiksweep, changed):
    before = lists(hiksweep)
    back = changed()
    shown = hiksweep("reclassify", "--all")

    assert shown.code == NOT_DONE
    assert shown.out.startswith("2 runs judged by what is known today; 2 concluded otherwise.\n")
    assert "Becomes the maker's (1)" in shown.out
    assert "Is none any more (1)" in shown.out
    assert "Nothing was changed" in shown.err
    assert lists(hiksweep) == before

    done = hiksweep("reclassify", "--all", *BY, "--yes")
    assert (done.code, done.out) == (0, shown.out)
    assert "10.1.0.3" in lists(hiksweep)[0]
    assert "10.1.0.2" not in lists(hiksweep)[0]
    assert "10.1.0.2" in hiksweep("devices", "--state", "retracted").out
    history = hiksweep("history", "10.1.0.2").out
    assert "present → retracted" in history
    assert "is no more the maker's" in history
    assert "open → retracted" in history
    assert "removed" not in history
    assert hiksweep("reclassify", "--all").code == 0

    back()
    assert hiksweep("reclassify", "--all", *BY, "--yes").code == 0
    assert lists(hiksweep) == before
    history = hiksweep("history", "10.1.0.2").out
    assert "retracted → present" in history
    assert "10.1.0.3" in hiksweep("devices", "--state", "retracted").out
    assert hiksweep("history", "10.1.0.3").code == 0


def test_a_rebuild_reclassifies_nothing_and_says_so(swept, hiksweep, changed):
    before = lists(hiksweep)
    changed()
    said = hiksweep("store", "rebuild")

    assert "2 of the runs stay as earlier signatures and mandates had judged them" in said.out
    assert lists(hiksweep) == before


def test_a_measure_that_ends_is_retracted_and_comes_back_with_it(swept, hiksweep, knowledge):
    before = lists(hiksweep)
    path = knowledge / "profiles" / "ca-federal-institution.yaml"
    text = path.read_text()
    begin = text.index("  - measure: ca-federal-2025\n")
    path.write_text(text[:begin] + text[text.index("  - measure:", begin + 1) :])
    shown = hiksweep("reclassify", "--all", *BY, "--yes").out

    assert "retracts ca-federal-2025" in shown
    assert "ca-federal-2025" not in lists(hiksweep)[1]
    retracted = hiksweep("findings", "--state", "retracted").out
    assert retracted.count("/ca-federal-2025") == before[1].count("/ca-federal-2025") == 2
    assert lists(hiksweep)[0] == before[0]
    path.write_text(text)
    assert hiksweep("reclassify", "--all", *BY, "--yes").code == 0
    assert lists(hiksweep) == before
    assert hiksweep("findings", "--state", "retracted").out == "0 findings.\n"


def test_a_fact_of_one_run_is_corrected(knowledge, hiksweep, journal_of, things):
    header = {"profiles": ("uk-central-government-sensitive-site",), "facts": SENSITIVE}
    hiksweep("store", "ingest", journal_of("2026-01-05", {"10.1.0.1": things.camera(1)}, **header))
    before = lists(hiksweep)
    words = ("reclassify", "20260105T02", "--fact", "site_is_sensitive=no")
    shown = hiksweep(*words, *BY, "--yes")

    assert shown.code == 0
    assert "retracts" in shown.out
    after = lists(hiksweep)
    assert after != before
    assert hiksweep("store", "rebuild").code == 0
    assert lists(hiksweep) == after
    assert hiksweep("reclassify", "20260105T02", "--as-recorded", *BY, "--yes").code == 0
    assert lists(hiksweep) == before


def test_another_profile_stays_until_it_is_forgotten(swept, hiksweep):
    before = lists(hiksweep)
    words = ("reclassify", "--all", "--profile", "us-federal-agency")
    shown = hiksweep(*words, "--format", "json")
    (change, *_) = json.loads(shown.out)["reclassify"]["changes"]

    assert {one["before"] for one in change["findings"]} >= {"open"}
    assert hiksweep(*words, *BY, "--yes").code == 0
    assert lists(hiksweep)[1] != before[1]
    assert hiksweep("reclassify", "--all").out.endswith("Nothing would change.\n")
    assert hiksweep("reclassify", "--all", "--as-recorded", *BY, "--yes").code == 0
    assert lists(hiksweep) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "name a RUN, or say --all"),
        (("x", "--all"), "name a RUN, or say --all"),
        (("--all", "--yes"), "--by"),
        (("nobody",), "the store has no such run"),
        (("--all", "--profile", "nobody"), "nobody"),
        (("--all", "--fact", "nobody=1"), "nobody"),
        (("--all", "--as-recorded", "--fact", "department=yes"), "--as-recorded"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_line(swept, hiksweep, words, said):
    refused = hiksweep("reclassify", *words)

    assert refused.code == 2
    assert said in refused.complaint
