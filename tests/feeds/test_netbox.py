"""A diff against NetBox through pynetbox, its REST interface played with pages; nothing but reads is ever sent."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from scanner.feeds import Target, netbox
from scanner.model.errors import UsageError
from scanner.reporter.export.to_netbox import chosen, device_fields


class NetBox:
    """Devices in pages of two, as NetBox pages them."""

    def __init__(self, told, devices):
        self.told, self.devices, self.url, self.page = told, devices, "", 2

    def __call__(self, method, path, body):
        parts = urlsplit(path)
        if parts.path != "/api/dcim/devices/":
            return self.told(404, {"detail": "Not found."})
        asked = parse_qs(parts.query)
        hits = [
            one
            for one in self.devices
            if one["name"] in asked.get("name", ()) or one["serial"] in asked.get("serial", ())
        ]
        start = int(asked.get("offset", ["0"])[0])
        more = start + self.page < len(hits)
        names = "&".join(f"{key}={value}" for key in ("name", "serial") for value in asked.get(key, ()))
        following = f"{self.url}/api/dcim/devices/?{names}&limit={self.page}&offset={start + self.page}"
        page = hits[start : start + self.page]
        return self.told(
            200, {"count": len(hits), "next": following if more else None, "previous": None, "results": page}
        )


def record(number, fields, **changes):
    """A device as NetBox tells it."""
    fields = {**fields, **changes}
    return {
        "id": number,
        "url": f"http://x/api/dcim/devices/{number}/",
        "name": fields["name"],
        "serial": fields["serial"],
        "description": fields["description"],
        "status": {"value": fields["status"], "label": fields["status"].title()},
        "site": {"id": 1, "name": fields["site"]},
        "role": {"id": 1, "name": fields["role"]},
        "device_type": {"id": 1, "model": fields["device_type"], "manufacturer": {"id": 1, "name": fields["manufacturer"]}},
    }  # fmt: skip


@pytest.fixture
def compare(found, system, told):
    """``compare(change)``: what the diff says of five cameras, of which NetBox knows what ``change`` makes of them."""

    def run(change):
        export = found("netbox", 5, site="HQ")
        wanted = [device_fields(export, device) for device in chosen(export)]
        box = NetBox(told, change(wanted))
        server = system(box)
        box.url = server.url
        sent = netbox.send(export, Target(server.url, "tok"))
        assert {method for method, *_ in server.asked} == {"GET"}
        assert server.asked[0][2]["Authorization"] == "Token tok"
        return sent

    return run


def test_what_is_not_there_would_be_created(compare):
    lines = compare(lambda wanted: []).lines

    assert [line.split()[0] for line in lines[:-1]] == ["create"] * 5
    assert lines[-1] == "5 devices: 5 create, 0 the same; nothing was written"


def test_what_is_there_is_compared_over_all_pages(compare):
    lines = compare(lambda wanted: [record(number, one) for number, one in enumerate(wanted)]).lines

    assert lines == ("5 devices: 5 the same; nothing was written",)


def test_what_differs_is_named_field_by_field(compare):
    def change(wanted):
        return [record(number, one) for number, one in enumerate(wanted[:4])] + [
            record(9, wanted[4], status="offline", serial="")
        ]

    (line, _) = compare(change).lines
    assert line.startswith("change dev-")
    assert "status offline -> active" in line
    assert "serial none -> " in line


def test_what_is_there_by_another_name_is_not_imported_twice(compare):
    lines = compare(
        lambda wanted: [record(number, one, name=f"cam {number}") for number, one in enumerate(wanted)]
    ).lines

    assert lines[-1] == "5 devices: 5 elsewhere, 0 the same; nothing was written"
    assert "has its serial number; not to import" in lines[0]


def test_a_link_to_another_origin_is_not_followed(found, system, told):
    other = system(lambda method, path, body: told(200, {"count": 0, "next": None, "results": []}))
    page = {"count": 9, "next": f"{other.url}/api/dcim/devices/?offset=2", "previous": None, "results": []}
    server = system(lambda method, path, body: told(200, page))

    with pytest.raises(UsageError, match="another origin"):
        netbox.send(found("netbox"), Target(server.url, "tok"))
    assert other.asked == []


def test_it_is_never_written(found):
    with pytest.raises(UsageError, match="never written"):
        netbox.send(found("netbox"), Target("https://netbox.example", "tok", apply=True))


def test_a_refusal_is_one_line_without_the_token(found, system, told):
    server = system(lambda method, path, body: told(403, {"detail": "Invalid token"}))

    with pytest.raises(UsageError, match="403") as caught:
        netbox.send(found("netbox"), Target(server.url, "s3cret"))
    assert "s3cret" not in str(caught.value)
