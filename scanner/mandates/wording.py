"""Sentences of a finding: slots filled, languages kept apart, the removal date said as it was published."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.knowledge.mandate_words import Decision, MandateLibrary, Measure, Outcome, PublishedDate
from scanner.mandates.dates import has_passed, in_words
from scanner.model.device import Device
from scanner.model.finding import Text

_SLOT = re.compile(r"\{(\w+)\}")
_DATES = frozenset({"as_of", "date", "deadline", "found_at", "month"})
ENDS_USE = (Decision.REMOVE_REQUIRED, Decision.STOP_USING)


@dataclass(frozen=True, slots=True)
class Voice:
    """What the sentences about one device draw on."""

    library: MandateLibrary
    device: Device
    on: date
    french: bool

    def general(self, key: str, **slots: str) -> Text:
        """A general sentence with its slots filled."""
        return self.fill(self.library.general[key].text, slots)

    def fill(self, text: Text, slots: Mapping[str, str]) -> Text:
        """A text with its slots filled; dates in words, each language in its own."""
        return Text(
            self._fill(text.en, "en", slots), self._fill(text.fr, "fr", slots) if self._speaks(text) else None
        )

    def join(self, parts: Sequence[Text]) -> Text:
        """Sentences one after the other."""
        french = " ".join(part.fr for part in parts if part.fr) if self.french else None
        return Text(" ".join(part.en for part in parts if part.en), french or None)

    def _speaks(self, text: Text) -> bool:
        return self.french and text.fr is not None

    def _fill(self, text: str | None, language: str, slots: Mapping[str, str]) -> str:
        values = {
            "brand": self.device.presented_brand or self._no_brand(language),
            "maker": self.device.maker_name or self._word("maker_not_named", language),
            "found_at": self.on.isoformat(),
            **slots,
        }

        def value(match: re.Match[str]) -> str:
            found = values[match[1]]
            return in_words(found, language) if match[1] in _DATES else found

        return _SLOT.sub(value, text or "")

    def _no_brand(self, language: str) -> str:
        """What stands in place of the brand that a device does not state."""
        code = self.device.oem_code
        if code is None:
            return self._word("brand_not_read", language)
        return self._word("brand_by_code", language).replace("{code}", code)

    def _word(self, key: str, language: str) -> str:
        text = self.library.general[key].text
        return (text.fr if language == "fr" else None) or text.en


def removal_sentence(voice: Voice, published: PublishedDate, as_of: str) -> Text:
    """What is said of the removal date: that there is none, that it will come, or that it has passed."""
    if published.value is None:
        return voice.general("no_deadline", as_of=as_of)
    key = "deadline_passed" if has_passed(published, voice.on) else "deadline_due"
    if published.precision == "day":
        return voice.general(key, deadline=published.value)
    return voice.general(f"{key}_month", month=published.value)


def action(voice: Voice, profile: str, measure: Measure, outcome: Outcome, deciding: str | None) -> Text:
    """What to do, as the profile says it of confirmed equipment."""
    sentence = voice.library.sentence(profile, outcome.say)
    slots = {"as_of": measure.as_of, **({"date": deciding} if deciding else {})}
    parts = [voice.fill(sentence.text, slots)]
    dated = measure.removal_by.value is not None
    if outcome.decision in ENDS_USE and (dated or "removal_date" not in sentence.says):
        parts.append(removal_sentence(voice, measure.removal_by, measure.as_of))
    return voice.join(parts)


def in_full(voice: Voice, said: Text, *, asks: bool) -> Text:
    """What to do, beside what the device is: software apart from its server, cameras behind a recorder.

    Args:
        voice: what the sentences draw on.
        said: what to do, as the profile says it.
        asks: whether something is asked, so that the software is to be removed or replaced.
    """
    device = voice.device
    parts = [said]
    if device.software is not None:
        key = "software_act" if asks else "software_named"
        parts.insert(0, voice.general(key, software=device.software))
    if device.channels is not None:
        counts = {name: str(getattr(device.channels, name)) for name in ("room", "tied", "open")}
        parts.append(voice.general("behind_recorder", **counts))
    if device.analogue:
        parts.append(voice.general("behind_recorder_analogue"))
    return voice.join(parts) if len(parts) > 1 else said


def also(voice: Voice, decisions: Sequence[Decision]) -> Text:
    """The further duties, in words."""
    words = [voice.library.words[decision] for decision in decisions]
    english = ", ".join(word.en for word in words)
    french = ", ".join(word.fr or word.en for word in words)
    sentence = voice.library.general["also"].text
    filled = sentence.fr.replace("{also}", french) if voice.french and sentence.fr else None
    return Text(sentence.en.replace("{also}", english), filled)
