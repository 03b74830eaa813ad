"""Files whose author is not known: opened, bounded, unpacked, digested."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from scanner.importers import Importer, interface
from scanner.importers.interface import Stopped
from scanner.model.errors import UsageError
from scanner.run import foreign_file
from scanner.run.foreign_file import ForeignFile, open_inputs

DIARY = Importer(
    "diary", "a diary", "It tells nothing.", lambda head: head.startswith(b"Dear"), lambda s, f: iter(())
)


@pytest.fixture(autouse=True)
def formats(monkeypatch):
    monkeypatch.setattr(foreign_file, "IMPORTERS", (DIARY,))
    monkeypatch.setattr(foreign_file, "recognise", lambda head: DIARY if DIARY.recognises(head) else None)
    monkeypatch.setattr(foreign_file, "named", lambda name: DIARY if name == "diary" else None)


def test_it_is_read_to_its_end_and_digested(tmp_path):
    data = os.urandom(300_000)
    path = tmp_path / "f"
    path.write_bytes(data)
    os.utime(path, (0, 1_700_000_000))
    with ForeignFile(str(path)) as file:
        assert file.head() == data[: interface.HEAD]
        assert file.stream.read() == data
        assert file.digest() == hashlib.sha256(data).hexdigest()
        assert file.source.dated == "2023-11-14T22:13:20Z"
        assert file.problem == ""


def test_the_digest_is_that_of_the_whole_file_even_if_the_reader_stopped(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 1_000_000)
    with ForeignFile(str(path)) as file:
        assert file.digest() == hashlib.sha256(b"x" * 1_000_000).hexdigest()


def test_what_gzip_packed_is_unpacked_and_digested_as_it_lies_there(tmp_path):
    packed = gzip.compress(b"Dear diary\n" * 1000)
    path = tmp_path / "f.gz"
    path.write_bytes(packed)
    with ForeignFile(str(path)) as file:
        assert file.head().startswith(b"Dear diary")
        assert file.stream.read() == b"Dear diary\n" * 1000
        assert file.digest() == hashlib.sha256(packed).hexdigest()


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-20], lambda data: data[:40] + b"\x00" * 20 + data[60:]]
)
def test_a_damaged_gzip_gives_what_could_be_read(tmp_path, damage):
    path = tmp_path / "f.gz"
    path.write_bytes(damage(gzip.compress(os.urandom(5000))))
    with ForeignFile(str(path)) as file:
        file.stream.read()
        assert "damaged or cut short" in file.problem


def test_a_bomb_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(foreign_file, "LIMIT", 10_000)
    path = tmp_path / "f.gz"
    path.write_bytes(gzip.compress(b"\x00" * 5_000_000))
    with ForeignFile(str(path)) as file:
        assert len(file.stream.read()) == 10_000
        assert "more than" in file.problem


def test_standard_input_is_read_once_bounded_and_left_open(monkeypatch):
    monkeypatch.setattr(foreign_file, "LIMIT", 100)
    raw = io.BytesIO(b"Dear diary" * 20)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=raw))
    ((wanted, file),) = open_inputs(["-", "-"], None)
    assert wanted.importer is DIARY
    with file:
        assert file.source.name == "standard input"
        assert len(file.stream.read()) == 100
        assert "larger" in file.problem
    assert not raw.closed


def test_a_pipe_gives_its_head_though_it_comes_in_pieces(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write():
        with path.open("wb", buffering=0) as pipe:
            for _ in range(20):
                pipe.write(b"Dear")

    writer = threading.Thread(target=write)
    writer.start()
    ((_, file),) = open_inputs([str(path)], None)
    writer.join()
    assert file.stream.read() == b"Dear" * 20
    file.close()


def test_blank_space_without_end_ends_where_a_stop_is_wanted(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"Dear" + b"\x00" * 3_000_000)
    wanted = []
    with ForeignFile(str(path)) as file:
        file.until(lambda: bool(wanted))
        file.stream.read(1_000_000)
        wanted.append(True)
        with pytest.raises(Stopped):
            file.stream.read()
        assert file.problem == "reading it was stopped"


def test_a_disk_that_fails_ends_the_file_and_says_why():
    class Failing(io.RawIOBase):
        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    counted = foreign_file._Counted(Failing(), None)
    assert counted.read(10) == b""
    assert "Input/output error" in counted.problem


@pytest.mark.parametrize(
    ("content", "word", "message"),
    [
        (b"", None, "it is empty$"),
        (b"# Nmap 7.93 scan initiated", None, "its XML is read"),
        (b"masscan/1.1\n", None, "--readscan"),
        (b"PK\x03\x04rest", None, "a zip archive; unpack it"),
        (b"\x00\x01", None, "its content is of no known format; known are diary"),
        (b"Dear", "letter", "--as letter: no such format; known are diary"),
    ],
)
def test_a_format_that_is_not_known_is_one_line_with_the_way_out(tmp_path, content, word, message):
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=message):
        open_inputs([str(path)], word)


def test_the_users_word_goes_before_the_content(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"\x00")
    assert open_inputs([str(path)], "Diary")[0][0].importer is DIARY


@pytest.mark.parametrize("name", ["no-such-file", ".", "bad\x00name"])
def test_what_cannot_be_opened_is_said_in_one_line(name):
    with pytest.raises(UsageError, match="cannot be read"):
        open_inputs([name], None)


def test_of_a_cut_archive_what_could_be_unpacked_is_kept(tmp_path):
    path = tmp_path / "f.gz"
    path.write_bytes(gzip.compress(b"line\n" * 100_000)[:-12])
    with ForeignFile(str(path)) as file:
        assert len(file.stream.read()) > 400_000
        assert "cut short" in file.problem
