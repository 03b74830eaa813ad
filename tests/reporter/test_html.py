import base64
import hashlib
import re
import time
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from scanner.model.coverage import AddressState, Coverage, Gap
from scanner.model.finding import Text
from scanner.model.report import ImportedFile
from scanner.reporter import html, wording
from scanner.reporter.html import render_html, slices
from scanner.reporter.interface import Options

VOID = {"meta", "rect", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Reads a page strictly: every element closed in order."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.links, self.headings, self.text = [], [], [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


def test_each_report_is_as_it_was_when_last_read(named, golden):
    name, report = named

    golden(f"{name}.html", render_html(report, Options(show_all=True)))


def test_every_element_is_closed_every_link_leads_somewhere_and_no_id_stands_twice(named):
    _, report = named
    page = Page(render_html(report, Options(show_all=True)))

    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)


def test_nothing_is_loaded_and_nothing_runs(named):
    _, report = named
    page = Page(render_html(report, Options(show_all=True)))

    assert not {tag for tag, _ in page.tags} & {
        "script",
        "img",
        "link",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    }
    for _, attributes in page.tags:
        assert not {"src", "srcset", "style", "action", "data"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)


def test_the_policy_lets_in_the_page_s_own_style_and_nothing_else(reports):
    text = render_html(reports["french"], Options())
    style = text.split("<style>", 1)[1].split("</style>", 1)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policies = [a["content"] for t, a in Page(text).tags if t == "meta" and a.get("http-equiv")]

    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ]
    assert "url(" not in style
    assert "@import" not in style


def test_the_headings_form_an_outline(named):
    _, report = named
    headings = Page(render_html(report, Options(show_all=True))).headings

    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_every_table_has_a_caption_and_heads_with_a_scope(named):
    _, report = named
    tags = Page(render_html(report, Options(show_all=True))).tags

    assert sum(tag == "table" for tag, _ in tags) == sum(tag == "caption" for tag, _ in tags)
    assert all("scope" in attributes for tag, attributes in tags if tag == "th")


def test_markup_in_a_device_s_name_is_text(reports):
    text = render_html(reports["hostile"], Options(show_all=True))

    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("field", ["id", "reference", "engine", "version", "started", "targets", "profiles"])
def test_markup_and_escapes_in_any_field_of_the_run_are_text(reports, field):
    bad = "\x1b[2J</style><script>alert(1)</script>\u202e"
    run = replace(reports["french"].run, **{field: (bad, bad) if field in {"targets", "profiles"} else bad})
    text = render_html(replace(reports["french"], run=run), Options())

    assert "<script" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text


def test_brand_and_maker_stand_side_by_side(reports):
    assert "Shown asLTS Made byHikvision" in Page(render_html(reports["relabel"], Options())).words


def test_both_languages_stand_and_the_french_is_marked_as_such(reports):
    page = Page(render_html(reports["french"], Options()))

    assert "Take this device out of service" in page.words
    assert "Mettez cet appareil hors service" in page.words
    assert sum(attributes.get("lang") == "fr" for _, attributes in page.tags) > 3


def test_a_month_is_said_as_a_month_and_no_date_is_invented(reports):
    assert (
        "Published date: April 2025 (no day published)"
        in Page(render_html(reports["one-confirmed"], Options())).words
    )
    assert "Published date: none" in Page(render_html(reports["french"], Options())).words


def test_without_a_profile_the_measures_are_information_and_said_once(reports):
    words = Page(render_html(reports["no-profile"], Options())).words

    assert "what follows is information and no decision" in words
    assert words.count("No profile was chosen: the measures listed are for information.") == 1
    assert "removal required" not in words


def test_a_sentence_that_only_some_measures_have_in_french_is_said_once(reports):
    report = reports["no-profile"]
    device = next(one for one in report.devices if one.mandates)
    first = device.mandates[0]
    french = replace(first, id="other", action=Text(first.action.en, "Pour information."))
    page = render_html(replace(report, devices=(replace(device, mandates=(first, french)),)), Options())

    assert page.count(f"<p>{first.action.en}</p>") == 1
    assert page.count('<p lang="fr">Pour information.</p>') == 1


def test_the_page_tells_knowledge_reference_sensor_and_errors(reports):
    words = Page(render_html(reports["nothing-incomplete"], Options())).words

    for fact in (
        "CHG-123",
        "probe-1.example.net",
        "eth0 10.1.0.5/24",
        "raw-socket",
        "2026-11-20",
        "a fault of ours",
    ):
        assert fact in words


def test_more_reasons_than_fit_the_headline_lead_to_the_gaps(reports):
    gaps = tuple(Gap(f"10.{n}.0.0/16", "tcp", "blind", "silent", True) for n in range(20))
    report = replace(reports["french"], coverage=replace(reports["french"].coverage, gaps=gaps))
    page = Page(render_html(report, Options()))

    assert "and 12 more" in page.words
    assert "#gaps" in page.links


def test_the_parts_of_the_bar_fill_it_and_none_is_lost(named):
    _, report = named
    parts = slices(report)

    assert sum(part.width for part in parts) == 1000
    assert all(part.width >= 8 for part in parts if part.count)
    assert [part.start for part in parts][1:] == [part.start + part.width for part in parts][:-1]


def test_a_scope_without_addresses_has_an_empty_bar(reports):
    report = replace(reports["french"], coverage=Coverage(0, {}))

    assert sum(part.width for part in slices(report)) == 0
    Page(render_html(report, Options()))


def test_shares_never_round_something_to_nothing_or_to_all(reports):
    states = {AddressState.ANSWERED: 1, AddressState.SILENT: 9_999}
    report = replace(reports["french"], coverage=Coverage(10_000, states))

    assert {part.state.value: part.share for part in slices(report) if part.count} == {
        "answered": "< 1 %",
        "silent": "> 99 %",
    }


def test_ten_thousand_devices_render_in_three_seconds_and_a_measure_links_to_some(many):
    spent = []
    for _ in range(3):  # the best of three: what else this machine does is no fault of the page
        started = time.process_time()
        text = render_html(many, Options(show_all=True))
        spent.append(time.process_time() - started)

    assert min(spent) < 3
    assert text.count("<li id=") == 10_000
    assert "and 1,976 more, each marked with its decision above" in text
    assert len(text) < 20_000_000


def luminance(colour):
    digits = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it_as_wcag_asks(reports, theme):
    style = render_html(reports["french"], Options()).split("<style>")[1].split("</style>")[0]
    screen = style.split("@media print")[0].split("(prefers-color-scheme: dark)")
    light, dark = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", part)) for part in screen]
    colours = light | (dark if theme == "dark" else {})
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "card")]
    pairs += [("ink", ground) for ground in ("tint", "deep-tint", "heed-tint")]
    pairs += [("act", "act-tint"), ("heed", "heed-tint"), ("heed", "card"), ("soft", "tint")]

    weak = [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5]
    assert weak == []
    assert contrast("#ffffff", colours["deep"]) >= 4.5


def test_the_appendix_is_bounded_and_each_piece_of_evidence_leads_to_its_observation(reports):
    report = reports["one-confirmed"]
    camera, (shown,) = report.devices[0], report.observations
    many = [replace(shown, observation=f"obs-{number:05d}") for number in range(html.EXHIBITS_SHOWN + 7)]
    pieces = tuple(replace(camera.evidence[0], observation=one.observation) for one in many)
    large = replace(report, devices=(replace(camera, evidence=pieces),), observations=tuple(many))

    page = render_html(large, Options())

    assert page.count('<div class="piece" id="o') == html.EXHIBITS_SHOWN
    assert "And 7 observations more" in page
    assert page.count('<a href="#o1">obs-00000</a>') == 1
    assert f'href="#o{html.EXHIBITS_SHOWN + 1}"' not in page


def test_a_file_that_was_read_is_told_with_its_digest_and_why_it_ended_early(reports):
    file = ImportedFile("<a>.xml", "nmap-xml", "ab" * 32, 3, 2, {"cut short": 1}, 1, "it is damaged")
    report = replace(reports["french"], run=replace(reports["french"].run, files=(file,)))

    page = render_html(report, Options())

    assert (
        "&lt;a&gt;.xml (nmap-xml): 3 rows, 2 used; 1 not: cut short; not read to its end: it is damaged; "
        f"sha256 {'ab' * 32}"
    ) in page


def test_states_mean_other_things_where_files_were_read(reports):
    report = reports["french"]
    read = replace(report, run=replace(report.run, engine="import"))

    assert {one.state: one.meaning for one in slices(report)} == wording.STATE_WORDS
    assert {one.state: one.meaning for one in slices(read)} == wording.FILE_STATE_WORDS
    assert "the files do not show that it was asked in full" in render_html(read, Options())


def test_a_device_known_by_its_mac_alone_is_called_by_it(reports):
    report = reports["one-confirmed"]
    known = replace(report.devices[0], addresses=(), mac="44:19:b6:01:02:03")
    page = render_html(replace(report, devices=(known,)), Options())

    assert "<h3>44:19:b6:01:02:03</h3>" in page
    assert "No address" not in page
