"""The HTTP Event Collector, played as its documents say: codes 0, 4, 6 and 9, whole batches refused."""

from __future__ import annotations

import json

import pytest

from scanner.feeds import Target, splunk
from scanner.model.errors import UsageError
from scanner.reporter.export.to_splunk import lines

TOKEN = "b7c1-secret"


class Collector:
    """Takes batches of JSON objects; refuses a batch whole for one event with a bad mark; may be busy first."""

    def __init__(self, told, bad="", busy=(), breaks=0):
        self.told, self.bad, self.busy, self.breaks = told, bad, list(busy), breaks
        self.taken = []

    def __call__(self, method, path, body):
        assert (method, path) == ("POST", "/services/collector/event")
        if self.busy:
            return self.busy.pop(0), {"Content-Type": "text/html"}, b"<html>busy</html>"
        events = [json.loads(line) for line in body.decode().split("\n")]
        if self.bad and any(self.bad in json.dumps(event) for event in events):
            return self.told(400, {"text": "Invalid data format", "code": 6, "invalid-event-number": 0})
        self.taken += events
        if self.breaks:
            self.breaks -= 1
            return 0, {}, b""
        return self.told(200, {"text": "Success", "code": 0})


def test_every_event_is_taken_with_our_token(found, system, told):
    collector = Collector(told)
    server = system(collector)
    export = found("splunk")
    sent = splunk.send(export, Target(server.url, TOKEN))

    assert sent.whole
    assert len(collector.taken) == len(list(lines(export))) > 4
    assert server.asked[0][2]["Authorization"] == f"Splunk {TOKEN}"
    assert not any(body.startswith(b"[") for *_, body in server.asked)


def test_batches_stay_below_the_limit_and_lose_nothing(monkeypatch):
    monkeypatch.setattr(splunk, "BATCH", 100)
    events = ["x" * size for size in (10, 60, 40, 99, 150, 1)]
    made = list(splunk.batches(events))

    assert [event for batch in made for event in batch] == events
    assert all(len(batch) == 1 or sum(len(event) + 1 for event in batch) <= 100 for batch in made)


def test_one_bad_event_loses_only_itself(found, system, told):
    collector = Collector(told, bad="10.1.0.2")
    export = found("splunk", 3)
    sent = splunk.send(export, Target(system(collector).url, TOKEN))
    bad = [line for line in lines(export) if "10.1.0.2" in line]

    assert not sent.whole
    assert len(collector.taken) == len(list(lines(export))) - len(bad)
    assert any("Invalid data format" in line for line in sent.lines)
    assert TOKEN not in " ".join(sent.lines)


@pytest.mark.parametrize("busy", [(503,), (429, 503)])
def test_a_busy_collector_is_asked_again_after_a_while(busy, found, system, told):
    waits = []
    sent = splunk.send(
        found("splunk"), Target(system(Collector(told, busy=busy)).url, TOKEN), sleep=waits.append
    )

    assert sent.whole
    assert waits == [2.0, 4.0][: len(busy)]


def test_after_a_broken_connection_it_is_sent_again_at_least_once(found, system, told):
    collector = Collector(told, breaks=1)
    export = found("splunk")
    sent = splunk.send(export, Target(system(collector).url, TOKEN), sleep=lambda wait: None)

    keys = {json.dumps(event["fields"], sort_keys=True) + event["sourcetype"] for event in collector.taken}
    assert sent.whole
    assert len(collector.taken) == 2 * len(keys)


@pytest.mark.parametrize(
    ("status", "body", "complaint"),
    [
        (403, {"text": "Invalid token", "code": 4}, "Invalid token"),
        (404, {"text": "no such"}, "404"),
        (503, {"text": "Server is busy", "code": 9}, "Server is busy"),
    ],
)
def test_a_collector_that_takes_nothing_is_one_line(status, body, complaint, found, system, told):
    server = system(lambda method, path, asked: told(status, body))

    with pytest.raises(UsageError, match=complaint) as caught:
        splunk.send(found("splunk"), Target(server.url, TOKEN), sleep=lambda wait: None)
    assert TOKEN not in str(caught.value)


def test_an_answer_of_somebody_else_is_no_success(found, system):
    server = system(lambda method, path, body: (200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"))

    assert not splunk.send(found("splunk"), Target(server.url, TOKEN)).whole
