"""The line of a host that said the same as another is the line that it would have got."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scanner.model.device import Device
from scanner.model.evidence import Evidence, Maker, Strength
from scanner.model.identity import Identity, Rung
from scanner.model.protocol import Protocol
from scanner.reporter.lines import Pattern, line_of


def evidence(name, excerpt=""):
    return Evidence("one", Protocol.HTTP, 80, "a claim", Strength.STRONG, excerpt, name)


@given(
    st.lists(st.text(max_size=8), min_size=1, max_size=4, unique=True),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.sampled_from([Rung.ADDRESS, Rung.MAC]),
    st.text(max_size=20),
)
def test_a_filled_pattern_is_the_line_of_the_host_itself(names, host, rung, excerpt):
    own = [f"obs-{number}" for number in range(len(names))]
    device = Device(
        "dev-1",
        ("first",),
        Maker.HIKVISION,
        evidence=tuple(evidence(name, excerpt.replace("\ufdd0", "")) for name in names),
        identity=Identity(rung, "first" if rung is Rung.ADDRESS else "44:19:b6:01:02:03", ("why",)),
    )
    other = replace(
        device,
        id="dev-2",
        addresses=(host,),
        evidence=tuple(
            replace(one, observation=name) for one, name in zip(device.evidence, own, strict=True)
        ),
        identity=replace(device.identity, key=host) if rung is Rung.ADDRESS else device.identity,
    )

    line = Pattern(device, names).fill(host, "dev-2", own)
    assert line == line_of(host, other)
    assert json.loads(line)["host"] == host.encode("utf-8", "replace").decode()


def test_a_line_has_no_end_and_no_control():
    assert line_of("a\x1b[2J\n", Device("dev-1", ("a",))).startswith('{"host":"a\\u001b[2J\\n","id":"dev-1"')
