"""How often the matcher is right: recall, precision, every field, and each error by name.

    python benchmarks/accuracy.py [CORPUS.jsonl ...] [--write docs/accuracy.md] [--picture FILE.svg]

A corpus is a file of observations (the input of ``hiksweep identify``) whose lines also hold ``truth`` and
``source``. The project's own signature examples and `relabels.jsonl` are measured always. Lines of one host
count together. A quarter of all sources, by digest, is held out and measured apart.

The same hosts are shown to other tools: to Recog and the nuclei templates by their rules (`peers/`), to nmap
by playing the replies on loopback, which takes 40 seconds (left out if it is not installed, or with
``--without-nmap``).

Exit code: 0; 1 if an error is not explained, an explanation has no error, or a conclusive signature hit a
foreign device; 2 if a corpus cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from benchmarks.measure import beside, blind
from benchmarks.measure.cases import OWN, own_examples, read_corpus
from benchmarks.measure.counting import measure, score, unearned
from benchmarks.measure.explained import read_explained, unexplained
from benchmarks.measure.page import markdown
from benchmarks.measure.peers import read_peers
from benchmarks.measure.picture import picture, rows
from scanner.knowledge import load
from scanner.model.errors import HiksweepError

RELABELS = Path(__file__).parent / "relabels.jsonl"


def main(arguments: list[str] | None = None) -> int:
    """Print the page and the speed; write page and picture where asked."""
    parser = argparse.ArgumentParser(description="How often the matcher is right.")
    parser.add_argument("corpus", nargs="*", type=Path, help="files of observations with their truth")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the page there")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="write the picture of the page there")
    parser.add_argument("--without-nmap", dest="nmap", action="store_false", help="do not ask nmap")
    options = parser.parse_args(arguments)
    try:
        knowledge, reasons, peers = load(), read_explained(), read_peers()
        looks = blind.read_looks()
        paths = list(dict.fromkeys((RELABELS, *options.corpus)))
        corpora = [read_corpus(path) for path in paths]
    except (HiksweepError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    scores = [score(OWN, own_examples(knowledge), knowledge)]
    for path, cases in zip(paths, corpora, strict=True):
        scores += measure(path.name, cases, knowledge)
    hosts = [case for cases in corpora for case in cases]
    tools = [beside.ours(corpora, knowledge), *(beside.restated(hosts, peer) for peer in peers)]
    if options.nmap and (nmap := beside.replayed(hosts, partial(print, file=sys.stderr))):
        tools.append(nmap)
    page = markdown(scores, knowledge, reasons, [*blind.section(looks, scores), *beside.lines(hosts, tools)])
    print(page)
    for total in scores:
        if total.seconds:  # none for what is counted from another row's devices
            print(f"{total.title}: {total.replies / total.seconds:,.0f} observations a second")
    wrong = [f"{name} is conclusive and hit a foreign device" for name in unearned(scores, knowledge)]
    wrong += unexplained(scores, reasons)
    for one in wrong:
        print(one, file=sys.stderr)
    if options.write:
        options.write.write_text(page, encoding="utf-8")
    if options.picture:
        options.picture.write_text(picture([*rows(scores), *beside.shares(hosts, tools)]), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
