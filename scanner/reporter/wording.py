"""The words of a report for people, the same in the table, the CSV and the page."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model.coverage import AddressState
from scanner.model.device import Confidence, Device, Relation
from scanner.model.evidence import Evidence, Maker, Strength
from scanner.model.finding import Deadline, Finding
from scanner.model.report import ImportedFile, Report
from scanner.model.sighting import IN_PART
from scanner.reporter.text import clean, plural

MAKER = Maker.HIKVISION.value.capitalize()
"""The maker that we look for, as a name."""

STATE_WORDS = {
    AddressState.ANSWERED: "spoke to us on at least one port or protocol",
    AddressState.REFUSED: "is there and refused every port that was asked",
    AddressState.SILENT: "was asked in full and said nothing; its neighbourhood is alive",
    AddressState.EXCLUDED: "in the targets, left out on request",
    AddressState.ABORTED: "left alone before all questions were asked",
    AddressState.BLIND: "no sign of life from its whole neighbourhood: we cannot see there from here",
}

FILE_STATE_WORDS = {
    AddressState.ANSWERED: "the files hold a word of it, or show a port that accepted",
    AddressState.REFUSED: "the files show that it refused, and nothing that it said",
    AddressState.SILENT: "the files show that it was asked in full and said nothing",
    AddressState.EXCLUDED: STATE_WORDS[AddressState.EXCLUDED],
    AddressState.ABORTED: "reading was stopped before all was read",
    AddressState.BLIND: "the files do not show that it was asked in full",
}
"""What a state means where other tools' files were read and nobody was asked."""
FROM_FILES = "import"
"""The engine of a run that only read files."""

_DECISIONS = {
    "remove_required": "removal required",
    "stop_using": "stop using",
    "do_not_buy": "do not buy more",
    "report_required": "report required",
    "review": "review",
    "advised": "advised",
    "not_bound": "not bound",
}
_TONES = {
    "remove_required": "act",
    "stop_using": "act",
    "do_not_buy": "heed",
    "report_required": "heed",
    "review": "heed",
}
_STRENGTHS = {Strength.CONCLUSIVE: 0, Strength.STRONG: 1, Strength.WEAK: 2}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_NO_DAY = {"en": "no day published", "fr": "jour non publié"}
_YEAR_ONLY = {"en": "no month or day published", "fr": "ni mois ni jour publiés"}
_NOT_SURE = {"en": "date not certain", "fr": "date non confirmée"}
REASONS_SHOWN = 4
"""Reasons why rows of one file were not used that are told in short; the JSON holds all."""


def decision_words(decision: str | None) -> str:
    """A decision of the mandate data as a reader says it; none without a profile."""
    if not decision:
        return "information"
    return _DECISIONS.get(decision, decision.replace("_", " "))


def decision_tone(decision: str | None) -> str:
    """``act``, ``heed`` or ``calm``: an organisation that is not bound gets no alarm."""
    return _TONES.get(decision or "", "calm")


def applies_words(applies: str) -> str:
    """Whether a measure reaches the device."""
    if applies.startswith("needs:"):
        fact = clean(applies.removeprefix("needs:"))
        return "needs a profile" if fact == "profile" else f"needs the fact {fact}"
    return {"yes": "applies", "may": "may apply", "no": "does not apply"}.get(applies, clean(applies))


def deadline_words(deadline: Deadline, language: str = "en") -> str:
    """The date as it was published: a month is said as a month and never as a day."""
    year, month, day = [*deadline.value.split("-"), "", ""][:3]
    name = _MONTHS[language].split()[int(month) - 1] if month else ""
    if not month:
        return f"{year} ({_YEAR_ONLY[language]})"
    if not day:
        return f"{name} {year} ({_NO_DAY[language]})"
    first = "1er" if language == "fr" and int(day) == 1 else str(int(day))
    return f"{first} {name} {year}" + ("" if deadline.sure else f" ({_NOT_SURE[language]})")


def maker_words(device: Device) -> str:
    """Who made it, by evidence."""
    if device.evidenced_maker is Maker.UNKNOWN:
        return "unknown"
    if device.evidenced_maker is Maker.HIKVISION:
        return clean(device.maker_name) or MAKER
    return clean(device.maker_name) or "another maker"


def brand_words(device: Device) -> str:
    """The brand that it states of itself, or what is known of its label without one."""
    return clean(device.presented_brand) or _label_words(device) or "no brand stated"


def _label_words(device: Device) -> str:
    """What a device of the maker tells of its label beside a brand; empty for nothing.

    A relabel is unlisted when neither a brand that it states nor the grammar of its model is known.
    """
    if device.evidenced_maker is not Maker.HIKVISION:
        return ""
    code = f"OEM code {clean(device.oem_code)}" if device.oem_code else ""
    if device.relation is Relation.RELABEL and not device.series:
        return ", ".join(filter(None, ("unlisted relabel", code)))
    return f"no brand stated, {code}" if code else ""


def software_words(device: Device) -> str:
    """That software was found and not the machine that runs it; empty for a device."""
    if not device.software:
        return ""
    return f"{clean(device.software)}; the machine that runs it is not the device"


def age_words(device: Device) -> str:
    """When it was made and its firmware built; empty where neither is known."""
    parts = []
    if device.produced:
        first, _, last = device.produced.partition("/")
        parts.append(f"made on {first}" if first == last else f"made {first} to {last}")
    if device.built:
        parts.append(f"firmware built on {device.built}")
    return ", ".join(parts)


def behind_words(device: Device) -> str:
    """What may hang behind a recorder and was not counted; empty for what is none."""
    parts = [device.channels.sentence] if device.channels is not None else []
    if device.analogue:
        parts.append("analogue cameras may hang behind it")
    return "; ".join(parts)


def seat_words(device: Device) -> str:
    """The switch ports at whose end it was seen, and when; empty when no table tells."""
    seats = []
    for seen in device.seen_at:
        vlan = f", VLAN {clean(seen.vlan)}" if seen.vlan else ""
        day = f", seen {clean(seen.at[:10])}" if seen.at else ""
        doubt = ", by a table that was read in part" if seen.source.endswith(IN_PART) else ""
        switch = clean(seen.switch) or "a switch without a name"
        port = f"one of the sockets that {clean(seen.port)} bundles" if seen.bundle else clean(seen.port)
        seats.append(f"{port} of {switch}{vlan}{day}{doubt}")
    return "; ".join(seats)


def brand_and_maker(device: Device) -> str:
    """The brand, and the maker where the two are not the same name."""
    maker = maker_words(device)
    if not device.presented_brand:
        label = _label_words(device)
        if label:
            return f"{label}; made by {maker}"
        return f"no brand; made by {maker}" if device.evidenced_maker is not Maker.UNKNOWN else "unknown"
    brand = brand_words(device)
    if device.evidenced_maker is Maker.UNKNOWN:
        return f"{brand}, maker unknown"
    return f"{brand}, made by {maker}" if differs(device) else brand


def differs(device: Device) -> bool:
    """True when the device bears another name than its maker's."""
    known = device.evidenced_maker is not Maker.UNKNOWN and bool(device.presented_brand)
    return known and brand_words(device).casefold() != maker_words(device).casefold()


def relation_words(device: Device) -> str:
    """How brand and maker stand to each other; empty where nothing is to be said."""
    words = {
        Relation.OWN: "own brand",
        Relation.SUBSIDIARY: "brand of a subsidiary",
        Relation.RELABEL: "sold under another name",
        Relation.UNKNOWN: "relation of brand and maker not known",
    }
    return words[device.relation] if device.relation and device.evidenced_maker is Maker.HIKVISION else ""


def identity_words(device: Device) -> tuple[str, ...]:
    """Why devices were joined to this one, or kept apart from it."""
    return device.identity.reasons if device.identity is not None else ()


def by_strength(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The strongest first; equals stay in the order in which they were found."""
    return sorted(evidence, key=lambda found: _STRENGTHS[found.strength])


def evidence_words(evidence: Evidence) -> str:
    """What a signature says and where it was read."""
    port = f", port {evidence.port}" if evidence.port else ""
    return f"{clean(evidence.claim)} ({evidence.protocol.value}{port})"


def leading(device: Device) -> Finding | None:
    """The strictest decision that reaches the device, or may; None when there is none."""
    for finding in device.mandates:
        if finding.decision and finding.applies != "no":
            return finding
    return None


def known_by_mac_alone(device: Device) -> bool:
    """Whether nothing of it is known but its MAC address, as of what a switch's table holds."""
    return not device.addresses and bool(device.mac) and not device.model and not device.serial


def summary_words(device: Device) -> str:
    """One sentence that names the device, its place and how sure we are."""
    kind = device.device_class.value if device.device_class else "device"
    brand = clean(device.presented_brand) or clean(device.maker_name)
    name = " ".join(filter(None, (brand, clean(device.software) or clean(device.model), kind)))
    label = "" if device.presented_brand else _label_words(device)
    name += f" ({label})" if label else ""
    where = f" at {clean(device.addresses[0])}" if device.addresses else ""
    if known_by_mac_alone(device):
        where = f" with the MAC address {clean(device.mac)}"
    if device.evidenced_maker is Maker.UNKNOWN:
        return f"{name}{where}: maker not known"
    sure = "" if device.confidence is Confidence.NONE else f" ({device.confidence.value})"
    return f"{name}{where}: made by {maker_words(device)}{sure}"


def found_words(report: Report) -> str:
    """How many devices at which confidence, and how many of other makers."""
    levels = (Confidence.CONFIRMED, Confidence.PROBABLE, Confidence.POSSIBLE)
    parts = [f"{report.hikvision(level):,} {level.value}" for level in levels]
    others = sum(device.evidenced_maker is Maker.OTHER for device in report.devices)
    unknown = sum(device.evidenced_maker is Maker.UNKNOWN for device in report.devices)
    return f"{MAKER}: {', '.join(parts)}. Other makers: {others:,}. Maker unknown: {unknown:,}."


def answered_words(report: Report) -> str:
    """How many addresses answered and how many did not; no verdict is shown without it."""
    count = report.coverage.by_state.get
    answered, refused = count(AddressState.ANSWERED, 0), count(AddressState.REFUSED, 0)
    words = f"{plural(answered, 'address', 'addresses')} answered"
    words += f" and {refused:,} refused" if refused else ""
    # Files show nothing of the place from which somebody else asked.
    from_files = report.run.engine == FROM_FILES
    blind = "are not shown to have been asked" if from_files else "cannot be seen from here"
    quiet = [
        f"{count(state, 0):,} {verb}"
        for state, verb in (
            (AddressState.SILENT, "did not answer"),
            (AddressState.BLIND, blind),
            (AddressState.ABORTED, "left alone half-way"),
        )
        if count(state, 0) or state is AddressState.SILENT
    ]
    words += "; " + ", ".join(quiet)
    excluded = count(AddressState.EXCLUDED, 0)
    words += f"; {excluded:,} excluded" if excluded else ""
    silent = report.coverage.addresses - answered - refused - excluded
    return words + (". Silence is not proof of absence." if silent else ".")


def incomplete_reasons(report: Report) -> list[str]:
    """Why the coverage is not complete; empty when it is."""
    states = report.coverage.by_state
    reasons = [
        f"{plural(states[state], 'address', 'addresses')} {state.value}"
        for state in (AddressState.BLIND, AddressState.ABORTED)
        if states.get(state)
    ]
    serious = [gap for gap in report.coverage.gaps if gap.affects_verdict]
    return reasons + [f"{clean(gap.targets)}, {clean(gap.method)}: {clean(gap.reason)}" for gap in serious]


def ended_words(report: Report) -> str:
    """A warning when the run did not come to its own end; else empty."""
    if report.run.finished is None:
        return "This run was ended from outside before it was done; what it had gathered is shown."
    return "This run was interrupted; what it had gathered is shown." if report.run.interrupted else ""


def file_words(file: ImportedFile, shown: int = REASONS_SHOWN) -> str:
    """What became of the rows of a file that was read; of the reasons why some gave nothing the commonest."""
    words = f"{clean(file.name)} ({clean(file.format)}): {plural(file.rows, 'row')}, {file.used:,} used"
    most = sorted(file.unused.items(), key=lambda reason: -reason[1])
    words += "".join(f"; {count:,} not: {clean(reason)}" for reason, count in most[:shown])
    if len(most) > shown:
        words += f"; {sum(count for _, count in most[shown:]):,} not for other reasons"
    left = sorted(file.left.items(), key=lambda part: -part[1])
    if left:
        parts = [f"{clean(part)} ({count:,})" for part, count in left[:shown]]
        more = [f"{len(left) - shown:,} other kinds"] if len(left) > shown else []
        words += f"; left aside in rows that were used: {', '.join([*parts, *more])}"
    return words + (f"; not read to its end: {clean(file.problem)}" if file.problem else "")


def others_words(report: Report) -> str:
    """What a list of found devices leaves out; empty when it leaves out nothing."""
    left = [device for device in report.devices if device.evidenced_maker is not Maker.HIKVISION]
    if not left:
        return ""
    judged = sum(leading(device) is not None for device in left)
    words = f"{plural(len(left), 'device')} of other or unknown makers not listed here; --all lists them."
    return words + (f" A measure may concern {judged:,} of them." if judged else "")
