"""Who takes bytes apart is fuzzed: its test feeds it random bytes.

A file takes bytes apart if it is a parser with a public function over bytes, or unpacks binary fields.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DAMAGE = "survives"
"""The fixture of tests/parsers/ that cuts, continues and changes real replies at random."""
UNPACKING = {"unpack", "unpack_from", "iter_unpack", "from_bytes"}
FROM_THE_KERNEL = {
    "transports/dial.py",  # the counters of a connection
    "transports/endpoint.py",  # ancillary data: the interface of a datagram
    "transports/interfaces.py",  # an answer of ioctl
    "transports/tap.py",  # the counters of a packet socket
    "transports/udp.py",  # the error queue of a socket
}
"""Files that unpack only what the kernel of this machine wrote."""


def takes_bytes_apart(path: str, tree: ast.Module) -> bool:
    """Whether a file reads bytes that somebody else made."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in UNPACKING
        ):
            return True
    return path.startswith("parsers/") and any(
        isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and any("bytes" in ast.unparse(given.annotation) for given in node.args.args if given.annotation)
        for node in tree.body
    )


def proof_of(path: str) -> Path:
    """Where the test of a source file lies."""
    stem = Path(path).stem.strip("_")
    return ROOT / "tests" / Path(path).with_name(f"test_{stem}.py")


def is_fuzzed(test: Path) -> bool:
    """Whether a test file holds a property over random bytes, or damages real replies at random."""
    if not test.is_file():
        return False
    for node in ast.walk(ast.parse(test.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            drawn = " ".join(ast.unparse(one) for one in node.decorator_list)
            if ("given(" in drawn and "binary(" in drawn) or any(one.arg == DAMAGE for one in node.args.args):
                return True
    return False


def test_each_file_that_takes_bytes_apart_is_fuzzed(sources):
    without = {
        path
        for path, tree in sources.items()
        if not path.startswith("lab/")
        and path not in FROM_THE_KERNEL
        and takes_bytes_apart(path, tree)
        and not is_fuzzed(proof_of(path))
    }

    assert without == set()


def test_only_files_that_unpack_are_excepted(sources):
    assert {path for path in FROM_THE_KERNEL if takes_bytes_apart(path, sources[path])} == FROM_THE_KERNEL


@pytest.mark.parametrize(
    ("path", "text", "apart"),
    [
        ("parsers/new.py", "def parse(raw: bytes) -> int: ...", True),
        ("parsers/new.py", "def _inner(raw: bytes) -> int: ...", False),
        ("parsers/new.py", "def parse(text: str) -> int: ...", False),
        ("transports/new.py", "struct.unpack('>H', raw)", True),
        ("transports/new.py", "def send(raw: bytes) -> None: ...", False),
    ],
)
def test_what_takes_bytes_apart_is_recognised(path, text, apart):
    assert takes_bytes_apart(path, ast.parse(text)) is apart


def test_a_test_without_random_bytes_is_no_fuzz_test(tmp_path):
    test = tmp_path / "test_new.py"
    test.write_text("@given(st.integers())\ndef test_it(number): assert number\n")
    assert not is_fuzzed(test)
    test.write_text("@given(st.binary())\ndef test_it(raw): assert raw\n")
    assert is_fuzzed(test)
    test.write_text(f"def test_it({DAMAGE}): {DAMAGE}(read, REPLY)\n")
    assert is_fuzzed(test)
