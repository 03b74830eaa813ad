from __future__ import annotations

from typing import Any

from scanner.lab import Lab


def test_the_number_of_the_question_is_echoed_and_two_blanks_stand_after_date(client: Any) -> None:
    reply = client.rtsp("camera-v55", "OPTIONS")
    assert reply.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nPublic: OPTIONS, DESCRIBE, PLAY, PAUSE")
    assert b"\r\nDate:  " in reply
    assert b"\n" not in reply.replace(b"\r\n", b"")


def test_both_questions_fit_one_connection(client: Any, lab: Lab) -> None:
    with client.connect("camera-v52", 554) as opened:
        opened.sendall(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        assert opened.recv(4096).startswith(b"RTSP/1.0 200")
        opened.sendall(b"DESCRIBE rtsp://x/ RTSP/1.0\r\nCSeq: 2\r\n\r\n")
        assert opened.recv(4096).startswith(b"RTSP/1.0 401")
    assert lab.recorder.records("camera-v52", "unexpected") == ()


def test_other_methods_and_credentials_are_refused_and_on_record(client: Any, lab: Lab) -> None:
    with client.connect("nvr", 554) as opened:
        opened.sendall(b"SETUP rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n")
        assert opened.recv(4096) == b"RTSP/1.0 400 Bad Request\r\nCSeq: 1\r\n\r\n"
        opened.sendall(b"DESCRIBE rtsp://x/ RTSP/1.0\r\nAuthorization: Basic eDp5\r\n\r\n")
        assert opened.recv(4096).startswith(b"RTSP/1.0 401")
    assert [record.note for record in lab.recorder.records("nvr", "unexpected")] == [
        "a method",
        "a credential",
    ]
