"""How often the matcher is right: recall, precision, every field, and each error by name.

    python benchmarks/accuracy.py [CORPUS.jsonl ...] [--write docs/accuracy.md] [--picture FILE.svg]

A corpus is a file of observations (the input of ``hiksweep identify``) whose lines also hold ``truth`` and
``source``. The project's own signature examples and `relabels.jsonl` are measured always. Lines of one host
count together. A quarter of all sources, by digest, is held out and measured apart.

Exit code: 0; 1 if an error is not explained, an explanation has no error, or a conclusive signature hit a
foreign device; 2 if a corpus cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.measure.cases import OWN, own_examples, read_corpus
from benchmarks.measure.counting import measure, score, unearned
from benchmarks.measure.explained import read_explained, unexplained
from benchmarks.measure.page import markdown
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
    options = parser.parse_args(arguments)
    try:
        knowledge, reasons = load(), read_explained()
        scores = [score(OWN, own_examples(knowledge), knowledge)]
        for path in dict.fromkeys((RELABELS, *options.corpus)):
            scores += measure(path.name, read_corpus(path), knowledge)
    except (HiksweepError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    page = markdown(scores, knowledge, reasons)
    print(page)
    for total in scores:
        print(f"{total.title}: {total.replies / max(total.seconds, 1e-9):,.0f} observations a second")
    wrong = [f"{name} is conclusive and hit a foreign device" for name in unearned(scores, knowledge)]
    wrong += unexplained(scores, reasons)
    for one in wrong:
        print(one, file=sys.stderr)
    if options.write:
        options.write.write_text(page, encoding="utf-8")
    if options.picture:
        options.picture.write_text(picture(rows(scores)), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
