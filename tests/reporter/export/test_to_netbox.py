"""NetBox's CSV, held against the fields of its own form (netbox/dcim/forms/bulk_import.py, DeviceImportForm)."""

from __future__ import annotations

import csv
import io

import pytest

from scanner.reporter.export.to_netbox import COLUMNS, render

FIELDS = {
    "name", "role", "tenant", "manufacturer", "device_type", "platform", "serial", "asset_tag", "status", "site",
    "location", "rack", "position", "face", "latitude", "longitude", "parent", "device_bay", "airflow",
    "virtual_chassis", "vc_position", "vc_priority", "cluster", "description", "config_template", "comments", "tags",
}  # fmt: skip
REQUIRED = {"role", "manufacturer", "device_type", "status", "site"}
STATUSES = {"offline", "active", "planned", "staged", "failed", "inventory", "decommissioning"}
LIMITS = {"name": 64, "serial": 50, "description": 200, "device_type": 100, "manufacturer": 100, "site": 100}
"""Lengths of the columns of netbox/dcim/models/devices.py."""


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("known", [False, True])
def test_every_row_fits_netbox(export, lived, each, known):
    data = render((lived if known else export)(each, "netbox"))
    if data.startswith(b"#"):
        assert each.startswith("nothing") or each in {"behind-one-address", "no-profile"}
        return

    assert REQUIRED <= set(COLUMNS) <= FIELDS
    for row in rows(data):
        assert all(row[name] for name in REQUIRED)
        assert row["status"] in STATUSES
        for name, limit in LIMITS.items():
            assert len(row[name].lstrip("'")) <= limit
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())


def test_without_a_device_netbox_has_nothing_to_take_and_the_line_says_what_was_looked_at(export):
    assert render(export("nothing-incomplete", "netbox")).startswith(b"# None found, coverage INCOMPLETE")
    assert render(export("nothing-complete", "netbox")).startswith(b"# None found, coverage complete")


def test_names_do_not_change_when_a_device_moves(lived):
    (row,) = rows(render(lived("one-confirmed", "netbox")))

    assert row["name"] == "dev-1c7a90e2b4d6f801"
    assert (row["site"], row["role"], row["status"]) == ("north", "Surveillance", "active")
    assert "CISA" not in row["comments"]
    assert "10.1.0.64" in row["comments"]


def test_what_is_missing_is_offline_and_never_removed(lived):
    known = lived("one-confirmed", "netbox")
    for life in known.lives.values():
        object.__setattr__(life, "presence", "missing")

    assert [row["status"] for row in rows(render(known))] == ["offline"]


def test_role_site_and_the_least_confidence_are_settings(export):
    given = {"role": "Camera", "site": "HQ", "least": "possible"}
    everyone, sure = rows(render(export("french", "netbox", given))), rows(render(export("french", "netbox")))

    assert {(row["role"], row["site"]) for row in everyone} == {("Camera", "HQ")}
    assert len(everyone) == len(sure) + 1 == 3
