"""A signature or a brand is one data entry: one of each, added to a copy, is checked and counts at once."""

from __future__ import annotations

from pathlib import Path

from scanner.knowledge import load
from scanner.knowledge.check import check
from scanner.matcher import identify
from scanner.model.device import Confidence, Relation
from scanner.model.evidence import Maker
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.parsers import read

SIGNATURE = r"""
- id: zz-example-door
  protocols: [rtsp]
  field: realm
  pattern: '^Example Door V\d{1,2}$'
  claims: {maker: hikvision, device_class: doorbell}
  strength: strong
  family: realm
  says: 'Realm of the example door stations'
  source: {ref: 'a capture', as_of: '2026-11-25'}
  examples:
    - reply: "RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Example Door V1\"\r\n\r\n"
      gives: {maker: hikvision, device_class: doorbell}
      origin: 'a capture'
  counter_examples:
    - reply: "RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"My Example Door V1\"\r\n\r\n"
      why: 'the words inside another realm'
  few_examples: 'one capture'
"""
BRAND = """
  - name: 'Examplecam'
    aliases: ['EXAMPLECAM']
    relation: relabel
    maker: 'Hikvision'
    confidence: high
    source: 'a capture'
"""
DOOR = b'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="Example Door V7"\r\n\r\n'
RELABEL = (
    b'<?xml version="1.0"?><ProbeMatch><Types>inquiry</Types><DeviceDescription>EX-100</DeviceDescription>'
    b"<DeviceSN>EX-10020230615AAWRAC4440000</DeviceSN><MAC>08-54-11-5d-7e-00</MAC>"
    b"<SoftwareVersion>V5.7.1build 220609</SoftwareVersion><OEMInfo>EXAMPLECAM</OEMInfo></ProbeMatch>"
)


def append(path: Path, text: str) -> None:
    path.write_text(
        path.read_text(encoding="utf-8").rstrip("\n") + "\n" + text.lstrip("\n"), encoding="utf-8"
    )


def test_a_signature_is_one_entry(root: Path) -> None:
    observation = Observation("192.0.2.1", Protocol.RTSP, DOOR, 554)
    (before,) = identify([observation], load(root))
    append(root / "signatures" / "realm.yaml", SIGNATURE)

    known = load(root)

    assert check(known, read, None, root).faults == ()
    (after,) = identify([observation], known)
    assert before.evidenced_maker is Maker.UNKNOWN
    assert (after.evidenced_maker, after.confidence) == (Maker.HIKVISION, Confidence.PROBABLE)


def test_a_brand_is_one_entry(root: Path) -> None:
    observation = Observation("192.0.2.1", Protocol.SADP, RELABEL, 37020)
    (before,) = identify([observation], load(root))
    append(root / "brands.yaml", BRAND)

    known = load(root)

    assert check(known, read, None, root).faults == ()
    (after,) = identify([observation], known)
    assert before.presented_brand is None
    assert (after.presented_brand, after.relation) == ("Examplecam", Relation.RELABEL)
