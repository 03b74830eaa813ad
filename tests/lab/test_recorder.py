from __future__ import annotations

import threading
from pathlib import Path

from scanner.lab.recorder import Record, Recorder, read_line


def test_a_record_survives_its_line_byte_for_byte() -> None:
    record = Record(1.5, "printer", "127.9.0.61", 9100, "bytes", bytes(range(256)), "127.0.0.1:4", 3, "why")
    assert "\n" not in record.line()
    assert read_line(record.line()) == record


def test_received_joins_bytes_and_datagrams_of_one_device_and_port() -> None:
    recorder = Recorder()
    recorder.add("a", "x", 1, "bytes", data=b"one")
    recorder.add("a", "x", 1, "request", data=b"not counted twice")
    recorder.add("b", "y", 1, "bytes", data=b"other")
    recorder.add("a", "x", 2, "datagram", data=b"two")
    assert recorder.received("a") == b"onetwo"
    assert recorder.received("a", 2) == b"two"
    assert recorder.received("a", 9) == b""
    assert [record.device for record in recorder.records(kind="bytes")] == ["a", "b"]


def test_every_record_is_in_the_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    with Recorder(path) as recorder:
        recorder.add("a", "x", 1, "connect", peer="p")
        assert [read_line(line).kind for line in path.read_text().splitlines()] == ["connect"]
        recorder.add("a", "x", 1, "bytes", data=b"\xff")
    assert read_line(path.read_text().splitlines()[1]).data == b"\xff"
    recorder.close()
    recorder.add("a", "x", 1, "connect")
    assert len(recorder.records()) == 3, "records stay readable and addable after the file is closed"


def test_many_threads_lose_nothing() -> None:
    recorder = Recorder()

    def work() -> None:
        for _ in range(200):
            recorder.add("a", "x", 1, "bytes", data=b"z", connection=recorder.number())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recorder.received("a")) == 1600
    assert len({record.connection for record in recorder.records()}) == 1600
