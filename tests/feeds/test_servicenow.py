"""The Identification and Reconciliation Engine, played as its document says: simulate, then carry out."""

from __future__ import annotations

import json

import pytest

from scanner.feeds import Target, servicenow
from scanner.model.errors import UsageError


class Engine:
    """Keeps CIs by their native key; /query says what would happen and keeps nothing."""

    def __init__(self, told, fails=""):
        self.told, self.fails = told, fails
        self.items = {}

    def __call__(self, method, path, body):
        place, _, query = path.partition("?")
        assert query == "sysparm_data_source=hiksweep"
        data = json.loads(body)
        assert set(data) == {"items", "relations"}
        said = []
        for item in data["items"]:
            key = item["sys_object_source_info"]["source_native_key"]
            if self.fails and item["values"].get("ip_address") == self.fails:
                said.append({"operation": "NO_CHANGE", "errors": [{"error": "MISSING_DEPENDENCY"}]})
                continue
            before = self.items.get(key)
            operation = "INSERT" if before is None else "UPDATE" if before != item["values"] else "NO_CHANGE"
            if place.endswith("/identifyreconcile"):
                self.items[key] = item["values"]
            said.append({"className": item["className"], "operation": operation, "sysId": "x"})
        return self.told(200, {"result": {"items": said, "relations": []}})


def paths(server) -> list[str]:
    return [path.partition("?")[0].rpartition("/")[2] for _, path, *_ in server.asked]


def test_without_apply_only_the_simulation_is_asked(found, system, told):
    engine = Engine(told)
    server = system(engine)
    sent = servicenow.send(found("servicenow"), Target(server.url, "tok"))

    assert sent.whole
    assert paths(server) == ["query"]
    assert engine.items == {}
    assert sent.lines[0] == "simulated for 2 confirmed devices: 2 insert"
    assert sent.lines[-1] == "nothing was changed; --apply carries it out"


def test_with_apply_it_follows_the_simulation_and_the_second_time_nothing_changes(found, system, told):
    engine = Engine(told)
    server = system(engine)
    target = Target(server.url, "tok", apply=True)
    export = found("servicenow")
    first, second = servicenow.send(export, target), servicenow.send(export, target)

    assert paths(server) == ["query", "identifyreconcile", "query"]
    assert len(engine.items) == 2
    assert first.lines[-1] == "carried out: 2 insert"
    assert "2 no_change" in second.lines[0]


def test_a_simulation_with_an_error_is_never_carried_out(found, system, told):
    engine = Engine(told, fails="10.1.0.2")
    server = system(engine)
    sent = servicenow.send(found("servicenow"), Target(server.url, "tok", apply=True))

    assert not sent.whole
    assert paths(server) == ["query"]
    assert any("MISSING_DEPENDENCY" in line for line in sent.lines)


def test_many_items_go_in_several_requests(found, system, told, monkeypatch):
    monkeypatch.setattr(servicenow, "AT_ONCE", 2)
    server = system(Engine(told))
    servicenow.send(found("servicenow", 5), Target(server.url, "tok"))

    assert [len(json.loads(body)["items"]) for *_, body in server.asked] == [2, 2, 1]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ((401, {}, b'{"error": {"message": "User Not Authenticated"}}'), "User Not Authenticated"),
        ((200, {"Content-Type": "text/html"}, b"<html>Instance hibernating</html>"), "no account of 2 items"),
        ((200, {}, b'{"result": {"items": []}}'), "no account of 2 items"),
        ((302, {"Location": "https://evil.example/"}, b""), "302"),
        ((0, {}, b""), "not known"),
    ],
)
def test_what_is_no_answer_of_the_engine_ends_it_in_one_line(answer, complaint, found, system):
    server = system(lambda method, path, body: answer)

    with pytest.raises(UsageError, match=complaint) as caught:
        servicenow.send(found("servicenow"), Target(server.url, "s3cret", apply=True))
    assert len(server.asked) == 1
    assert "s3cret" not in str(caught.value)
