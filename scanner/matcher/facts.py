"""The fields of a device: which statements and claims are believed, and what follows from a model's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.knowledge import Knowledge
from scanner.knowledge.brands import Brand
from scanner.knowledge.models import ModelInfo
from scanner.matcher.age import Age, age_of, firmware_texts
from scanner.matcher.host import HostState
from scanner.matcher.label import Claimed, brand_of, oem_code_of, relation_of
from scanner.matcher.level import Conclusion
from scanner.matcher.naming import usable_macs, usable_serials
from scanner.matcher.platform import software_in
from scanner.matcher.stated import brand_in, is_generic
from scanner.matcher.statements import FIRMWARE, KIND, MAC, MODEL, SERIAL
from scanner.model.device import Channels, DeviceClass, Relation
from scanner.model.evidence import Evidence, Maker, Strength
from scanner.parsers.serial import read_serial

_CLAIM_RANK: Mapping[Strength, int] = {Strength.CONCLUSIVE: 58, Strength.STRONG: 45, Strength.WEAK: 30}
"""Where a signature's claim stands among the ranks of statements."""

_FIRMWARE = re.compile(r"[Vv]?\d+(?:\.\d+)+")
_NO_MODEL = frozenset({"n/a", "na", "none", "null", "unknown", "default", "model"})
_MASKED = re.compile(r"[xX*?#._-]+")
"""What people put in place of a name before they publish a reply."""

_KINDS: tuple[tuple[re.Pattern[str], DeviceClass], ...] = (
    (re.compile(r"doorstation|outdoorstation|doorbell", re.IGNORECASE), DeviceClass.DOORBELL),
    (re.compile(r"accesscontrol|^acs$|indoorstation|fingerprint", re.IGNORECASE), DeviceClass.ACCESS),
    (re.compile(r"^ip ?(?:camera|dome|zoom|ball)|^ipc$", re.IGNORECASE), DeviceClass.CAMERA),
    (re.compile(r"^(?:hybrid|hybird)?-?(?:nvr|dvr|xvr|hdvr)\b", re.IGNORECASE), DeviceClass.RECORDER),
)
"""A device's own word for its kind; the model's name goes first, for one word is used of several kinds."""

_TRANSMITTER = "NetworkVideoTransmitter"
_RECORDER_WORD = re.compile(r"(?:^|[^A-Za-z])[A-Za-z]?(?:NVR|DVR|XVR)|recorder", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a device beside its maker's level."""

    maker_name: str | None
    brand: Brand | None
    relation: Relation | None
    device_class: DeviceClass | None
    model: str | None
    serial: str | None
    firmware: str | None
    mac: str | None
    several: tuple[str, ...]
    """Sentences on statements that cannot all be of one device."""
    oem_code: str | None
    series: str | None
    analogue: bool | None
    age: Age
    channels: Channels | None
    software: str | None


def facts_of(
    state: HostState, conclusion: Conclusion, evidence: Sequence[Evidence], knowledge: Knowledge
) -> Facts:
    """Choose among the statements and claims of one host.

    Args:
        state: what the host said.
        conclusion: who made it.
        evidence: the evidence that counts, strongest first, none of it for another maker.
        knowledge: brands, models and blocks.
    """
    found = conclusion.maker is Maker.HIKVISION
    software = software_in(evidence, knowledge) if found else None
    macs = _macs(state, knowledge, found=found)
    if software is not None:
        state = HostState(state.host)  # what the machine says of itself is nothing of the software's
    serials = list(_serials(state, evidence, knowledge, found=found))
    serial = serials[0] if serials else None
    model, info = _model(state, conclusion.maker, evidence, knowledge, serial)
    claimed = Claimed(
        *([value for _, value in _claims(evidence, name)] for name in ("brand", "relation", "maker_name"))
    )
    brand = brand_of(state, conclusion.maker, info, claimed, macs, knowledge)
    device_class = _device_class(state, conclusion.maker, info, model, evidence)
    firmware = firmware_texts(state, [text for _, text in _claims(evidence, "firmware")])
    return Facts(
        maker_name=_maker_name(conclusion.maker, brand, info, evidence, knowledge),
        brand=brand,
        relation=relation_of(state, brand, info, model, claimed, knowledge) if found else None,
        device_class=device_class,
        model=model,
        serial=serial,
        firmware=_firmware(state, evidence, found=found),
        mac=macs[0] if macs else None,
        several=_several(serials),
        oem_code=oem_code_of(state, knowledge) if found else None,
        series=info.designation if info is not None else None,
        analogue=state.behind.may_be_analogue(device_class, info) if found else None,
        age=age_of(state, serials, model, firmware, knowledge.serials) if found else Age(),
        channels=state.behind.channels(device_class, info) if found else None,
        software=software,
    )


def _macs(state: HostState, knowledge: Knowledge, *, found: bool) -> list[str]:
    """Its MAC addresses; of the maker's devices those of another maker's block last.

    A neighbour table shows whatever answers in front of the device: a router, a firewall, another device.
    """
    stated = (one.value for one in state.stated(MAC))
    macs = list(dict.fromkeys(usable_macs(stated, knowledge.placeholders)))
    return sorted(macs, key=lambda mac: is_of_another(mac, knowledge)) if found else macs


def is_of_another(mac: str, knowledge: Knowledge) -> bool:
    """Whether a MAC address lies in a block of a maker whose devices are not the maker's."""
    row = knowledge.oui.lookup(mac)
    return row is not None and row.kind == "other"


def _claims(evidence: Iterable[Evidence], attribute: str) -> Iterator[tuple[int, str]]:
    for one in evidence:
        value = getattr(one.claims, attribute)
        if value:
            yield _CLAIM_RANK[one.strength], value


def _ranked(state: HostState, attribute: str, evidence: Iterable[Evidence], claim: str) -> list[str]:
    """Statements and claims of one attribute, the most believable first, each once."""
    both = [(one.rank, one.value) for one in state.stated(attribute)]
    both.extend(_claims(evidence, claim))
    return list(dict.fromkeys(value for _, value in sorted(both, key=lambda pair: -pair[0])))


def _serials(
    state: HostState, evidence: Sequence[Evidence], knowledge: Knowledge, *, found: bool
) -> Iterator[str]:
    """Serial numbers, of the maker's devices only: nobody asked for those of others."""
    if not found:
        return
    claimed = [value for _, value in _claims(evidence, "serial")]
    stated = [one.value for one in state.stated(SERIAL) if not one.field.startswith("mdns.")]
    yield from dict.fromkeys(usable_serials((*stated, *claimed), knowledge.placeholders))


def _model(
    state: HostState, maker: Maker, evidence: Sequence[Evidence], knowledge: Knowledge, serial: str | None
) -> tuple[str | None, ModelInfo | None]:
    names = [_without_brand(name, knowledge) for name in _ranked(state, MODEL, evidence, "model")]
    if serial is not None:
        parsed = read_serial(serial, names[0] if names else None)
        if parsed is not None and parsed.model:
            names.append(parsed.model)
    names = [name for name in names if _names_a_model(name)]
    infos = [(name, knowledge.models.classify(name)) for name in names]
    if maker is Maker.HIKVISION:
        for name, info in infos:
            if info is not None and info.maker is Maker.HIKVISION:
                return name, info
        infos = [(name, info) for name, info in infos if info is None]
    return infos[0] if infos else (None, None)


def _names_a_model(name: str) -> bool:
    """False for a word that says there is no model, or only what kind of thing it is."""
    if not name or name.lower() in _NO_MODEL or _MASKED.fullmatch(name):
        return False
    return any(character.isdigit() for character in name) or not is_generic(name)


def _without_brand(name: str, knowledge: Knowledge) -> str:
    found = brand_in(knowledge, name)
    return found[1] or name if found is not None else name


def _maker_name(
    maker: Maker,
    brand: Brand | None,
    info: ModelInfo | None,
    evidence: Sequence[Evidence],
    knowledge: Knowledge,
) -> str | None:
    if maker is Maker.UNKNOWN:
        return None
    claimed = [
        one.claims.maker_name for one in evidence if one.claims.maker is maker and one.claims.maker_name
    ]
    if maker is Maker.OTHER:
        return claimed[0] if claimed else None
    default = knowledge.brands.default_maker_name
    if brand is not None:
        return brand.maker_name
    if info is not None and info.maker_name != default:
        return info.maker_name
    return next((name for name in claimed if name != default), default)


def _device_class(
    state: HostState, maker: Maker, info: ModelInfo | None, model: str | None, evidence: Sequence[Evidence]
) -> DeviceClass | None:
    if info is not None and info.device_class is not None:
        return info.device_class
    for _, word in _claims(evidence, "device_class"):
        return DeviceClass(word)
    kinds = state.stated(KIND)
    for one in kinds:
        for pattern, device_class in _KINDS:
            if pattern.search(one.value):
                return device_class
    if maker is not Maker.HIKVISION and any(_TRANSMITTER in one.value for one in kinds):
        # Recorders of the maker announce themselves by this word too; of others it is as good as a name.
        return DeviceClass.RECORDER if model and _RECORDER_WORD.search(model) else DeviceClass.CAMERA
    return None


def _firmware(state: HostState, evidence: Sequence[Evidence], *, found: bool) -> str | None:
    stated = [one.value for one in state.stated(FIRMWARE)] if found else []
    for value in (*stated, *(value for _, value in _claims(evidence, "firmware"))):
        version = _FIRMWARE.search(value)
        if version is not None:
            return version[0]
    return None


def _several(serials: Sequence[str]) -> tuple[str, ...]:
    """A sentence when one host states serial numbers of several devices."""
    keys: dict[str, str] = {}
    for serial in serials:
        parsed = read_serial(serial)
        if parsed is not None and parsed.short:
            keys.setdefault(parsed.short, serial)
    if len(keys) < 2:
        return ()
    return (f"{len(keys)} serial numbers were stated: several devices may stand behind one address",)
