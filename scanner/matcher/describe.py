"""A host's evidence as a device: maker, level, fields, and the reasons in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.knowledge import Knowledge
from scanner.matcher.apart import Part, parts_of
from scanner.matcher.facts import Facts, facts_of, is_of_another
from scanner.matcher.host import HostState
from scanner.matcher.identity import device_id, name_of
from scanner.matcher.level import Conclusion, conclude, strongest_first
from scanner.matcher.making import DESCRIBING
from scanner.matcher.naming import naming_of
from scanner.matcher.platform import without_machine
from scanner.matcher.rules import ADVICE, COST_OF_THE_IMPOSSIBLE, IMPOSSIBLE, MAX_ADVICE, SOFTWARE_ADVICE
from scanner.matcher.weigh import weigh
from scanner.matcher.why import with_reasons
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Evidence, Maker
from scanner.model.identity import Identity

_MOST_CONTRADICTIONS = 8


def describe_apart(state: HostState, knowledge: Knowledge) -> tuple[Device, ...]:
    """The devices that one host shows: one, unless its ports show several behind its address."""
    parts = parts_of(state, knowledge)
    if not parts:
        return (describe(state, knowledge),)
    return tuple(_behind(part, knowledge) for part in parts)


def _behind(part: Part, knowledge: Knowledge) -> Device:
    device = describe(part.state, knowledge)
    name = name_of(device.names, device.addresses, 0 if part.main else next(iter(part.ports), 0))
    known = device.identity.reasons if device.identity is not None else ()
    identity = Identity(name.rung, name.key, (*known, part.reason))
    return replace(device, id=device_id(name), identity=identity, ports=part.ports)


def describe(state: HostState, knowledge: Knowledge) -> Device:
    """The one device that one host shows."""
    same_page = state.crossing.same_page_ports()
    weighed = weigh(state.evidence, knowledge.signature, same_page)
    counting = without_machine(weighed.counting, knowledge)
    conclusion = conclude(counting, weighed.void)
    shown = _shown(counting, conclusion)
    facts = facts_of(state, conclusion, shown, knowledge)
    if facts.age.impossible:
        level, rule = COST_OF_THE_IMPOSSIBLE[conclusion.level], conclusion.rule + IMPOSSIBLE
        conclusion = replace(conclusion, level=level, rule=rule)
    naming = naming_of(
        state, facts.serial, facts.model, _own_mac(conclusion, facts, knowledge), knowledge.placeholders
    )
    name = name_of(naming.names, (state.host,))
    return Device(
        id=device_id(name),
        addresses=(state.host,),
        evidenced_maker=conclusion.maker,
        confidence=conclusion.level,
        mac=facts.mac,
        maker_name=facts.maker_name,
        presented_brand=facts.brand.name if facts.brand is not None else None,
        relation=facts.relation,
        device_class=facts.device_class,
        model=facts.model,
        serial=facts.serial,
        firmware=facts.firmware,
        rule=conclusion.rule,
        evidence=with_reasons(shown, knowledge),
        contradictions=(
            *_contradictions(conclusion, same_page),
            *facts.several,
            *facts.age.impossible,
            *facts.age.doubtful,
        ),
        would_raise=_would_raise(conclusion, shown, software=facts.software is not None),
        oem_code=facts.oem_code,
        series=facts.series,
        analogue=facts.analogue,
        produced=facts.age.produced,
        built=facts.age.built,
        channels=facts.channels,
        software=facts.software,
        identity=Identity(name.rung, name.key, naming.reasons),
        names=naming.names,
    )


def _own_mac(conclusion: Conclusion, facts: Facts, knowledge: Knowledge) -> str | None:
    """The MAC address, unless it is that of something else in front of a device of the maker."""
    if facts.mac is None or conclusion.maker is not Maker.HIKVISION:
        return facts.mac
    return None if is_of_another(facts.mac, knowledge) else facts.mac


def _shown(counting: Sequence[Evidence], conclusion: Conclusion) -> tuple[Evidence, ...]:
    """Evidence for the concluded maker and what only describes; of an unknown maker everything."""
    if conclusion.maker is Maker.UNKNOWN:
        return strongest_first(one for one in counting if one.signature not in DESCRIBING)
    fitting = (one for one in counting if one.claims.maker in {conclusion.maker, None})
    found = conclusion.maker is Maker.HIKVISION
    return strongest_first(one for one in fitting if found or one.signature not in DESCRIBING)


def _contradictions(conclusion: Conclusion, same_page_ports: frozenset[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_sentences(conclusion, same_page_ports)))[:_MOST_CONTRADICTIONS]


def _sentences(conclusion: Conclusion, same_page_ports: frozenset[int]) -> Iterator[str]:
    if conclusion.maker is not Maker.UNKNOWN:
        for one in conclusion.opposing:
            yield _sentence(one, "speaks against it")
    elif {one.claims.maker for one in conclusion.opposing} >= {Maker.HIKVISION, Maker.OTHER}:
        for one in conclusion.opposing:
            yield _sentence(one, "is contradicted")
    if conclusion.apart and conclusion.opposing:
        yield "the two were seen on different ports: several devices may stand behind one address"
    for one in conclusion.void:
        yield _sentence(one, "proves nothing here")
    for port in sorted(same_page_ports):
        yield f"port {port} answers every path with the same page, so its pages prove nothing"


def _sentence(one: Evidence, what: str) -> str:
    where = f"{one.protocol} port {one.port}" if one.port else f"{one.protocol}"
    excerpt = f" ({one.excerpt})" if one.excerpt else ""
    return f"{one.claim.rstrip('.')}{excerpt}, {where}: {what}"


def _would_raise(conclusion: Conclusion, shown: Sequence[Evidence], *, software: bool) -> tuple[str, ...]:
    """What would lift the level; nothing where it is the highest or where nothing points to the maker."""
    ours = [one for one in shown if one.claims.maker is Maker.HIKVISION]
    if conclusion.maker is Maker.OTHER or conclusion.level is Confidence.CONFIRMED or not ours:
        return ()
    if software:
        return SOFTWARE_ADVICE
    families = {one.family for one in ours}
    return tuple(advice.sentence for advice in ADVICE if not advice.families & families)[:MAX_ADVICE]
