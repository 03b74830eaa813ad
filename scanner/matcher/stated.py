"""Evidence that lies in what a device states: MAC block, serial number, model, maker's name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scanner.knowledge import Knowledge
from scanner.knowledge.brands import Brand
from scanner.matcher.making import (
    FIRMWARE_BUILD,
    MAC_OF_AFFILIATE,
    MAC_OF_FAMILY,
    MAC_OF_OTHER,
    MAC_OF_RELABEL,
    MODEL_GRAMMAR,
    OEM_CODE_SIGN,
    RELABEL_MARK,
    SERIAL_COUNTER,
    SERIAL_GRAMMAR,
    STATED_MAKER,
    Origin,
    evidence_of,
)
from scanner.matcher.statements import (
    FIRMWARE,
    MAC,
    MARK,
    MODEL,
    NAME,
    OEM_CODE,
    RELEASED,
    SERIAL,
    Statement,
)
from scanner.model.evidence import Claims, Evidence, Maker, Strength
from scanner.model.protocol import Protocol
from scanner.parsers.firmware import build_date, read_firmware
from scanner.parsers.mac import canonical_mac, mac_from_eui64
from scanner.parsers.serial import TERMINAL, read_serial

MAC_STRENGTH: Mapping[str, Strength] = {
    "realm": Strength.CONCLUSIVE,
    "sadp.MAC": Strength.CONCLUSIVE,
    "wsd.address": Strength.CONCLUSIVE,
    "wsd.scope": Strength.CONCLUSIVE,
    "wsd.xaddr": Strength.CONCLUSIVE,
}
"""Fields in which a device names its own address, and nobody else's; any other field gives a strong sign."""

_GENERIC = re.compile(
    r"(?:network|web|video|wifi|smart|digital|onvif|upnp|h\.?26[45]|general|generic|default|unknown|none|n/a|"
    r"ipcamera|ipcam|ipc|ipnc|ip|camera|cam|nvt|nvr|dvr|hd|encoder|device|server|manufacturer|company|oem|[\W\d_])",
    re.IGNORECASE,
)
"""Words that name a kind of thing and no maker."""

_NAMES_A_MAKER = frozenset(
    {"xml.manufacturer", "xml.Manufacturer", "sadp.Manufacturer", "sadp.OEMInfo", "snmp.1.3.6.1.2.1.1.1.0"}
)
"""Fields whose purpose is the maker's name."""

_FREE_TEXT = frozenset({"wsd.scope", "mdns.instance"})
"""Fields in which people write what they like."""

_MOST_WORDS = 3


def evidence_in(knowledge: Knowledge, origin: Origin, said: Sequence[Statement]) -> Iterator[Evidence]:
    """Evidence in the statements of one reply."""
    model = next((one.value for one in said if one.attribute == MODEL), None)
    for one in said:
        if one.attribute == MAC:
            yield from _of_mac(knowledge, origin, one)
        elif one.attribute == SERIAL:
            yield from _of_serial(origin, one, model)
            yield from _of_counter(knowledge, origin, one, model)
        elif one.attribute == MODEL:
            yield from _of_model(knowledge, origin, one)
        elif one.attribute in (FIRMWARE, RELEASED):
            yield from _of_firmware(origin, one)
        elif one.attribute in (OEM_CODE, MARK):
            yield from _of_label(knowledge, origin, one)
    yield from _of_name(knowledge, origin, said)


def brand_in(knowledge: Knowledge, text: str) -> tuple[Brand, str] | None:
    """The brand that a name begins with (or is), and what stands after it; None if none is known."""
    whole = knowledge.brands.lookup(text)
    if whole is not None:
        return whole, ""
    words = text.split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        found = knowledge.brands.lookup(" ".join(words[:count]))
        if found is not None:
            return found, " ".join(words[count:])
    return None


def _maker_in(knowledge: Knowledge, one: Statement) -> str | None:
    """The maker's name that a statement is or begins with."""
    squeezed = one.value.casefold()
    for name in knowledge.brands.makers:
        begins = squeezed == name.casefold() or squeezed.startswith(f"{name.casefold()} ")
        if begins and _is_name(one, squeezed[len(name) :].strip()):
            return name
    return None


def is_generic(name: str) -> bool:
    """True for a name that is only the word for a kind of thing."""
    return not _GENERIC.sub("", name)


def names_a_maker(one: Statement) -> bool:
    """True for a statement in a field whose purpose is the maker's name."""
    return one.field in _NAMES_A_MAKER


def named_brand(knowledge: Knowledge, one: Statement) -> Brand | None:
    """The brand that a statement names.

    In free text a brand must stand alone or in front of something like a model.
    """
    found = brand_in(knowledge, one.value)
    if found is None:
        return None
    brand, rest = found
    return brand if _is_name(one, rest) else None


def _is_name(one: Statement, rest: str) -> bool:
    """False where what follows the name shows that somebody only wrote about it."""
    return one.field not in _FREE_TEXT or not rest or any(character.isdigit() for character in rest)


def _of_mac(knowledge: Knowledge, origin: Origin, one: Statement) -> Iterator[Evidence]:
    row = knowledge.oui.lookup(one.value)
    if row is None:
        return
    mac = canonical_mac(one.value) or mac_from_eui64(one.value) or one.value
    brand = knowledge.brands.lookup(row.brand)
    claim = f"MAC block registered to {row.registrant}"
    if row.kind == "other":
        name = brand.maker_name if brand is not None else row.brand
        claims = Claims(maker=Maker.OTHER, maker_name=name, mac=mac)
        yield evidence_of(MAC_OF_OTHER, origin, Strength.STRONG, one.value, claims, claim)
        return
    if not row.family:
        if row.confidence in {"certain", "high"}:
            claims = Claims(maker=Maker.HIKVISION, mac=mac)
            claim += ", a brand that relabels"
            yield evidence_of(MAC_OF_RELABEL, origin, Strength.WEAK, one.value, claims, claim)
        return
    relation = brand.device_relation if brand is not None and row.kind != "own" else None
    claims = Claims(
        maker=Maker.HIKVISION,
        maker_name=brand.maker_name if brand is not None else None,
        relation=relation.value if relation is not None else None,
        mac=mac,
    )
    if row.kind == "affiliate":
        yield evidence_of(MAC_OF_AFFILIATE, origin, Strength.WEAK, one.value, claims, claim)
        return
    strength = MAC_STRENGTH.get(one.field, Strength.STRONG)
    yield evidence_of(MAC_OF_FAMILY, origin, strength, one.value, claims, claim)


def _of_serial(origin: Origin, one: Statement, model: str | None) -> Iterator[Evidence]:
    serial = read_serial(one.value, model)
    if serial is None or serial.date is None or not serial.mark:
        return
    claims = Claims(maker=Maker.HIKVISION, serial=one.value, model=serial.model or None)
    yield evidence_of(SERIAL_GRAMMAR, origin, Strength.STRONG, one.value, claims)


def _of_counter(
    knowledge: Knowledge, origin: Origin, one: Statement, model: str | None
) -> Iterator[Evidence]:
    """When it was made; nothing for a number that is no number of the counter."""
    serial = read_serial(one.value, model)
    period = knowledge.serials.period(serial.short if serial is not None else one.value)
    if period is None:
        return
    claim = f"the counter of its serial number was reached {period}"
    if serial is not None and serial.date is not None:
        whose = "firmware's" if serial.family == TERMINAL else "day of production"
        claim += f"; {serial.date} in it is the {whose}"
    yield evidence_of(SERIAL_COUNTER, origin, Strength.WEAK, one.value, Claims(), claim)


def _of_firmware(origin: Origin, one: Statement) -> Iterator[Evidence]:
    firmware = read_firmware(one.value) if one.attribute == FIRMWARE else None
    built = firmware.build if firmware is not None else build_date(one.value)
    if built is not None:
        claim = f"firmware built on {built}"
        yield evidence_of(FIRMWARE_BUILD, origin, Strength.WEAK, one.value, Claims(), claim)


def _of_label(knowledge: Knowledge, origin: Origin, one: Statement) -> Iterator[Evidence]:
    """Signs of another label; they say nothing of the maker."""
    if one.attribute == OEM_CODE:
        if knowledge.relabels.is_foreign(one.value):
            claim = f"OEM code {one.value}: the number of a customer, none of the maker's own"
            yield evidence_of(OEM_CODE_SIGN, origin, Strength.WEAK, one.value, Claims(), claim)
        return
    sign = knowledge.relabels.sign(one.field, one.value)
    if sign is not None:
        yield evidence_of(RELABEL_MARK, origin, Strength.WEAK, one.value, Claims(), sign.says)


def _of_model(knowledge: Knowledge, origin: Origin, one: Statement) -> Iterator[Evidence]:
    info = knowledge.models.classify(one.value)
    if info is None:
        return
    device_class = info.device_class.value if info.device_class is not None else None
    if info.maker is Maker.HIKVISION and info.proves:
        claims = Claims(maker=Maker.HIKVISION, model=one.value, device_class=device_class)
        claim = f"model name of the series {info.series}"
        yield evidence_of(MODEL_GRAMMAR, origin, Strength.STRONG, one.value, claims, claim)
    elif info.maker is Maker.OTHER:
        claims = Claims(
            maker=Maker.OTHER, maker_name=info.maker_name, model=one.value, device_class=device_class
        )
        claim = f"model name of {info.maker_name}, {info.series}"
        yield evidence_of(MODEL_GRAMMAR, origin, Strength.WEAK, one.value, claims, claim)


def _of_name(knowledge: Knowledge, origin: Origin, said: Sequence[Statement]) -> Iterator[Evidence]:
    for one in said:
        if one.attribute != NAME:
            continue
        named = named_brand(knowledge, one)
        maker = named.maker_name if named is not None else _maker_in(knowledge, one)
        if maker is None:
            continue
        if knowledge.brands.makers[maker] is Maker.OTHER:
            brand = named.name if named is not None else None
            claims = Claims(maker=Maker.OTHER, maker_name=maker, brand=brand)
            claim = f"the device names {brand or maker}"
            yield evidence_of(STATED_MAKER, origin, Strength.STRONG, one.value, claims, claim)
        return
    if origin.protocol in {Protocol.UPNP_DESCRIPTION, Protocol.ONVIF_SOAP}:
        name = _foreign_name(origin.protocol, said)
        if name is not None:
            claims = Claims(maker=Maker.OTHER, maker_name=name)
            claim = f"the device names {name} as its maker"
            strength = Strength.STRONG if origin.protocol is Protocol.UPNP_DESCRIPTION else Strength.WEAK
            yield evidence_of(STATED_MAKER, origin, strength, name, claims, claim)


def _foreign_name(protocol: Protocol, said: Sequence[Statement]) -> str | None:
    """The maker's name that no table knows; a generic one gives way to what the thing calls itself."""
    names = [one for one in said if one.attribute == NAME]
    if not any(names_a_maker(one) for one in names):
        return None
    for one in names:
        told = names_a_maker(one) or protocol is Protocol.UPNP_DESCRIPTION
        if told and not is_generic(one.value):
            return one.value
    return None
