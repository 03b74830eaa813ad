"""A draft of a removal list by profile and site, in the languages of the profile.

For each profile of the run: what has to be removed or no longer used, and apart from it what a person has
to decide first (a fact is missing, a measure only may apply, the confidence is low). Dates are as
published; where none is, none is set. All that is said of the law comes from the mandate data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.knowledge.mandate_words import Decision, MandateLibrary, Profile
from scanner.model.device import Confidence, Device
from scanner.model.finding import Finding
from scanner.reporter.export import draft, said
from scanner.reporter.export.interface import Export, ExportFormat
from scanner.reporter.export.markup import escaped, table
from scanner.reporter.order import is_found
from scanner.reporter.wording import brand_and_maker, deadline_words, seat_words

_END = frozenset({Decision.REMOVE_REQUIRED.value, Decision.STOP_USING.value})
_ASKS = _END | {Decision.DO_NOT_BUY.value, Decision.REPORT_REQUIRED.value, Decision.REVIEW.value}
_SURE = (Confidence.CONFIRMED, Confidence.PROBABLE)
_HEADS = {
    "en": (
        *("Address", "Brand and maker", "Model", "Serial number", "MAC address", "Switch port"),
        *("Confidence", "State", "Measure", "Published date", "What to do"),
    ),
    "fr": (
        *(
            "Adresse",
            "Marque et fabricant",
            "Modèle",
            "Numéro de série",
            "Adresse MAC",
            "Port du commutateur",
        ),
        *("Certitude", "État", "Mesure", "Date publiée", "Quoi faire"),
    ),
}
_NO_DATE = {"en": "none published", "fr": "aucune publiée"}
_NO_SITE = {"en": "Site not known", "fr": "Lieu non précisé"}


def render(export: Export) -> bytes:
    """The draft; both languages where one of its profiles speaks both."""
    library = export.library
    profiles = [library.profiles[name] for name in export.report.run.profiles if name in library.profiles]
    french = any("fr" in profile.languages for profile in profiles)
    lines = [*draft.head("Removal list", french="Liste de retrait", speaks_french=french)]
    if not profiles:
        lines += ["No profile was chosen, so no measure binds anybody here: choose one with --profile.", ""]
    for profile in profiles:
        lines += [*_profile(export, profile)]
    lines += [*draft.coverage(export, speaks_french=french), *draft.signature(speaks_french=french)]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def _profile(export: Export, profile: Profile) -> Iterator[str]:
    both = "fr" in profile.languages
    label = f" / {escaped(profile.label.fr)}" if both and profile.label.fr else ""
    yield f"## {escaped(profile.label.en)}{label}"
    yield ""
    chosen = [(device, finding) for device in export.report.devices if (finding := _of(device, profile))]
    certain = [pair for pair in chosen if _is_certain(*pair)]
    open_ = [pair for pair in chosen if not _is_certain(*pair)]
    parts = (
        (certain, "To remove or to use no longer", "À retirer ou à ne plus utiliser"),
        (open_, "A person decides first", "Une personne décide d'abord"),
    )
    for pairs, english, french in parts:
        yield f"### {english}: {len(pairs):,}" + (f" / {french} : {len(pairs):,}" if both else "")
        yield ""
        for site, theirs in _by_site(export, pairs).items():
            for language in ("en", "fr") if both else ("en",):
                yield f"#### {escaped(site) or _NO_SITE[language]} ({language})"
                yield ""
                rows = [_row(export, device, finding, language) for device, finding in theirs]
                yield from table(_HEADS[language], rows)
    yield from _limits(export.library, profile, chosen, both=both)


def _of(device: Device, profile: Profile) -> Finding | None:
    """What the profile asks about a device most strictly; None: nothing."""
    for finding in device.mandates:
        mine = finding.profile == profile.id and finding.applies != "no"
        if mine and finding.decision in _ASKS and is_found(device):
            return finding
    return None


def _is_certain(device: Device, finding: Finding) -> bool:
    return finding.applies == "yes" and finding.decision in _END and device.confidence in _SURE


def _by_site(
    export: Export, pairs: Sequence[tuple[Device, Finding]]
) -> Mapping[str, list[tuple[Device, Finding]]]:
    found: dict[str, list[tuple[Device, Finding]]] = {}
    order = {device.id: place for place, device in enumerate(said.found_devices(export.report))}
    for device, finding in sorted(pairs, key=lambda pair: order[pair[0].id]):
        found.setdefault(said.site_of(export, device), []).append((device, finding))
    return dict(sorted(found.items()))


def _row(export: Export, device: Device, finding: Finding, language: str) -> tuple[str, ...]:
    """A line of the list in one language; what the data has not in French stays in English."""
    life = export.lives.get(device.id)
    state = said.state_of(export, said.Item("", device, finding))
    action = (finding.action.fr if language == "fr" else None) or finding.action.en
    citation = (finding.citation_fr if language == "fr" else None) or finding.citation
    measure = export.library.measures.get(finding.id)
    name = ((measure.short.fr if language == "fr" else None) or measure.short.en) if measure else finding.id
    return (
        escaped(", ".join(device.addresses), 200),
        escaped(brand_and_maker(device), 200),
        escaped(device.model, 200),
        escaped(device.serial, 200),
        said.mac_address(device),
        escaped(seat_words(device), 300),
        device.confidence.value,
        escaped(f"{state}, {life.presence}" if life else state),
        f"{escaped(name, 200)} ({escaped(citation, 300)})",
        escaped(deadline_words(finding.deadline, language)) if finding.deadline else _NO_DATE[language],
        escaped(action, 1500),
    )


def _limits(
    library: MandateLibrary, profile: Profile, pairs: Sequence[tuple[Device, Finding]], *, both: bool
) -> Iterator[str]:
    """What the measures that are named do not say; without a finding those of the profile."""
    named = dict.fromkeys(finding.id for _, finding in pairs)
    named = named or dict.fromkeys(duty.measure for duty in profile.duties)
    yield "### What the law does not say" + (" / Ce que le droit ne dit pas" if both else "")
    yield ""
    for name in named:
        if name in library.measures:
            yield from draft.does_not_say(library.measures[name], speaks_french=both)
    yield ""


FORMAT = ExportFormat(
    name="removal-list",
    title="A draft of what to remove, by profile and site, in the profile's languages",
    ending=".md",
    render=render,
)
