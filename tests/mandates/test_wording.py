"""Sentences: slots filled once, languages kept apart."""

from __future__ import annotations

from datetime import date

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import Decision, PublishedDate, Sure
from scanner.knowledge.mandates import load_mandates
from scanner.mandates.wording import Voice, also, in_full, removal_sentence
from scanner.model.device import Channels, Device
from scanner.model.finding import Text

LIBRARY = load_mandates(fingerprints_root())
DEVICE = Device("dev", ("10.0.0.5",), presented_brand="2024", maker_name="{brand}")


def voice(*, french: bool = True, device: Device = DEVICE) -> Voice:
    return Voice(LIBRARY, device, date(2026, 7, 1), french)


def test_each_language_says_dates_in_its_own_words() -> None:
    said = voice().fill(Text("On {found_at}.", "Le {found_at}."), {})
    assert said == Text("On 1 July 2026.", "Le 1er juillet 2026.")


def test_a_name_is_no_date_and_fills_no_further_slot() -> None:
    assert voice().fill(Text("{brand}, {maker}"), {}) == Text("2024, {brand}")


def test_what_was_not_read_is_said() -> None:
    said = voice(device=Device("dev", ())).fill(Text("{brand}", "{brand}"), {})
    assert said == Text("(brand not read)", "(non lue)")


def test_a_relabel_that_no_list_holds_is_named_by_its_code() -> None:
    said = voice(device=Device("dev", (), oem_code="1142")).fill(Text("{brand}", "{brand}"), {})
    assert said == Text("(unlisted relabel, OEM code 1142)", "(marque non répertoriée, code OEM 1142)")


def test_software_is_named_before_what_to_do_and_its_server_left_out() -> None:
    software = voice(device=Device("dev", (), software="iVMS-4200"))
    asked = in_full(software, Text("Do it.", "Faites-le."), asks=True)
    assert asked == Text(
        "This finding concerns software: iVMS-4200. Remove or replace the software; the server that it runs on is "
        "not the device meant here. Do it.",
        "Ce constat vise un logiciel : iVMS-4200. Retirez ou remplacez le logiciel; le serveur sur lequel il "
        "s'exécute n'est pas l'appareil visé ici. Faites-le.",
    )
    told = in_full(software, Text("Note it."), asks=False)
    assert "Remove or replace" not in told.en
    assert told.en.endswith("is not the device meant here. Note it.")


def test_what_hangs_behind_a_recorder_is_said_last() -> None:
    channels = Channels(16, 9, 7, "room for 16 channels; 9 tied to it; up to 7 to look for by hand")
    recorder = Device("dev", (), channels=channels, analogue=True)
    said = in_full(voice(device=recorder), Text("Do it.", "Faites-le."), asks=True)
    assert said.en == (
        "Do it. Channels behind this recorder: room for 16; 9 tied to it; up to 7 to look for by hand. None of "
        "them is counted as found. Analogue cameras may hang behind it; no scan of the network can see them."
    )
    assert said.fr is not None
    assert "place pour 16; 9 en service; jusqu'à 7 à chercher sur place" in said.fr
    assert in_full(voice(french=False, device=recorder), Text("Do it."), asks=True).fr is None


def test_any_other_device_is_told_no_more() -> None:
    said = Text("Do it.", "Faites-le.")
    assert in_full(voice(), said, asks=True) is said


def test_french_is_only_spoken_where_it_is_wanted() -> None:
    assert voice(french=False).general("maker_unknown").fr is None
    assert voice().join([Text("One.", "Un."), Text("Two.", "Deux.")]) == Text("One. Two.", "Un. Deux.")
    assert voice(french=False).join([Text("One.", "Un.")]) == Text("One.")


def test_further_duties_stand_in_words() -> None:
    said = also(voice(), [Decision.DO_NOT_BUY, Decision.STOP_USING])
    assert said == Text(
        "Also: buy no more of it, stop using it.", "De plus : ne plus en acheter, cesser de l'utiliser."
    )
    assert also(voice(french=False), [Decision.REVIEW]).fr is None


def test_a_removal_date_is_said_as_it_was_published() -> None:
    def said(value: str | None, precision: str | None) -> Text:
        return removal_sentence(voice(), PublishedDate(value, precision, Sure.READ), "2026-11-23")

    assert said("2026-07-01", "day").fr == "La date de retrait publiée est le 1er juillet 2026."
    assert said("2026-06-30", "day").en == "The published date for removal was 30 June 2026; it has passed."
    assert said("2026-07", "month").fr == "Le retrait est prévu pour juillet 2026."
    assert said("2026-06", "month").en == "Removal was planned for June 2026; that month has passed."
    assert "23 novembre 2026" in (said(None, None).fr or "")
