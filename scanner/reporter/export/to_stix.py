"""STIX 2.1: a bundle for a CERT, marked by the Traffic Light Protocol.

OASIS STIX 2.1 (10 June 2021). A device is an ``infrastructure`` that consists of its addresses; what was
seen and when is ``observed-data``; what the evidence and the measures say is a ``note``; the run is a
``report``, labelled ``coverage-incomplete`` when it was. Ids are digests, so two exports of a run are the
same objects: those of addresses in the namespace that STIX prescribes (§2.9), all others in our own, as the
standard demands.
"""

from __future__ import annotations

import ipaddress
import json
import uuid
from collections.abc import Iterator
from typing import Any

from scanner.model.device import Device
from scanner.reporter.encode import to_json
from scanner.reporter.export import said
from scanner.reporter.export.interface import Export, ExportFormat, Setting
from scanner.reporter.export.said import Item
from scanner.reporter.wording import maker_words

_ADDRESSES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of STIX's own deterministic ids; for observables alone."""
_BEGAN = "2020-01-01T00:00:00.000Z"
"""``created`` of what keeps its id over many runs: STIX wants it to be the same in each."""
TLP = {
    "clear": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
    "green": "34098fce-860f-48ae-8e50-ebd3cc5e41da",
    "amber": "f88d31f6-486f-44da-b317-01333bde0b82",
    "red": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
"""The markings that STIX 2.1 §7.2.1.4 defines; it calls ``clear`` by its older name."""
_OLDER = {"clear": "white"}


def render(export: Export) -> bytes:
    """One bundle."""
    objects = list(_objects(export))
    name = said.name_of("bundle", export.report.run.id, export.at)
    bundle = {"type": "bundle", "id": f"bundle--{name}", "objects": objects}
    return (to_json(bundle, indent=2) + "\n").encode()


def _objects(export: Export) -> Iterator[dict[str, Any]]:
    marking = _marking(export)
    yield marking
    found: dict[str, dict[str, Any]] = {}
    author = _author()
    found[author["id"]] = author
    for device in said.listed_devices(export):
        for one in _of_device(export, device):
            found.setdefault(one["id"], one)
    coverage = _note(export, "coverage", "Coverage", said.coverage_sentence(export.report), [author["id"]])
    found[coverage["id"]] = coverage
    report = _report(export, list(found))
    for one in (*found.values(), report):
        yield {**one, "object_marking_refs": [marking["id"]]}


def _marking(export: Export) -> dict[str, Any]:
    word = export.setting("tlp") or "amber"
    older = _OLDER.get(word, word)
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{TLP[word]}",
        "created": "2017-01-20T00:00:00.000Z",
        "definition_type": "tlp",
        "name": f"TLP:{older.upper()}",
        "definition": {"tlp": older},
    }


def _common(kind: str, *parts: str, modified: str = _BEGAN) -> dict[str, Any]:
    """What every object of ours has; ``modified`` never lies before ``created``."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{said.name_of(kind, *parts)}",
        "created": _BEGAN,
        "modified": max(_BEGAN, modified),
    }


def _author() -> dict[str, Any]:
    text = "A scanner that finds equipment of a named maker and shows its evidence."
    return {
        **_common("identity", said.PRODUCT),
        "name": said.PRODUCT,
        "identity_class": "system",
        "description": text,
    }


def _by() -> str:
    return str(_author()["id"])


def _of_device(export: Export, device: Device) -> Iterator[dict[str, Any]]:
    run, (first, last) = export.report.run, said.seen(export, device)
    observables = [*_addresses(device)]
    title = said.title(Item("", device, None))
    first, last = sorted((said.iso(first), said.iso(last)))
    site = said.site_of(export, device)
    thing = said.without_empty(
        {
            **_common("infrastructure", device.id, modified=said.iso(export.at)),
            "created_by_ref": _by(),
            "name": title,
            "description": f"Made by {said.text(maker_words(device))} ({device.confidence.value}).",
            "infrastructure_types": ["unknown"],
            "labels": [f"confidence-{device.confidence.value}", *([f"site-{site}"] if site else [])],
            "first_seen": first,
            "last_seen": last if last > first else "",
        }
    )
    yield thing
    yield from observables
    names = [one["id"] for one in observables]
    for name in names:
        yield {
            **_common("relationship", device.id, name),
            "created_by_ref": _by(),
            "relationship_type": "consists-of",
            "source_ref": thing["id"],
            "target_ref": name,
        }
    if names:
        yield {
            **_common("observed-data", run.id, device.id),
            "created_by_ref": _by(),
            "first_observed": first,
            "last_observed": last,
            "number_observed": 1,
            "object_refs": names,
        }
    yield _note(export, device.id, title, "\n".join(_told(export, device)), [thing["id"]])


def _addresses(device: Device) -> Iterator[dict[str, Any]]:
    for address in said.ip_addresses(device):
        yield _observable(f"ipv{ipaddress.ip_address(address).version}-addr", address)
    if mac := said.mac_address(device):
        yield _observable("mac-addr", mac)


def _observable(kind: str, value: str) -> dict[str, Any]:
    digest = uuid.uuid5(_ADDRESSES, json.dumps({"value": value}, separators=(",", ":")))
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{digest}", "value": value}


def _told(export: Export, device: Device) -> Iterator[str]:
    """The evidence and the measures, in words."""
    yield f"Confidence: {device.confidence.value}. {said.text(device.rule)}".strip()
    for name, value in (
        ("brand", device.presented_brand),
        ("model", device.model),
        ("serial", device.serial),
        ("firmware", device.firmware),
    ):
        if shown := said.text(value):
            yield f"{name}: {shown}"
    yield from (f"evidence: {one}" for one in said.why(device))
    yield from (f"against it: {said.text(one)}" for one in device.contradictions)
    for finding in device.mandates:
        if finding.applies != "no":
            what = f"{said.measure_title(export, finding)} ({said.text(finding.citation)})"
            yield f"measure: {what}: {said.text(finding.applies)}, {finding.decision or 'information'}"
    yield f"Coverage of the run: {export.report.headline}."


def _note(export: Export, key: str, abstract: str, content: str, about: list[str]) -> dict[str, Any]:
    return {
        **_common("note", export.report.run.id, key),
        "created_by_ref": _by(),
        "abstract": abstract,
        "content": content,
        "object_refs": about,
    }


def _report(export: Export, names: list[str]) -> dict[str, Any]:
    report = export.report
    whole = said.complete(report)
    versions = ", ".join(f"{name} {value}" for name, value in said.versions(report).items())
    return {
        **_common("report", report.run.id, export.at),
        "created_by_ref": _by(),
        "name": f"{report.headline} ({said.text(report.run.id)})",
        "description": f"{said.coverage_sentence(report)} Made with {versions}.",
        "report_types": ["observed-data"],
        "labels": ["coverage-complete" if whole else "coverage-incomplete"],
        "published": said.iso(export.at),
        "object_refs": names,
    }


FORMAT = ExportFormat(
    name="stix",
    title="A bundle for a CERT, marked by the Traffic Light Protocol",
    ending=".stix.json",
    render=render,
    standard="STIX 2.1",
    settings=(Setting("tlp", "The marking of every object.", "amber", tuple(TLP)),),
)
