"""Systems that take exports, played on loopback; and an export of real replies."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scanner.knowledge import Knowledge, load
from scanner.reporter.export import Export, format_of
from scanner.run.result import build_report, read_result

Answer = tuple[int, dict[str, str], bytes]


class System(http.server.ThreadingHTTPServer):
    """Answers each request by a function of it, and keeps what was asked."""

    daemon_threads = True

    def __init__(self, answer: Callable[[str, str, bytes], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    server: System

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, headers, said = self.server.answer(self.command, self.path, body)
        if status == 0:  # the connection breaks
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - the library's names

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def system() -> Iterator[Callable[..., System]]:
    """``system(answer)``: starts one."""
    started: list[System] = []

    def start(answer: Callable[[str, str, bytes], Answer]) -> System:
        started.append(System(answer))
        return started[-1]

    yield start
    for one in started:
        one.shutdown()
        one.server_close()


def told(status: int, data: object, **headers: str) -> Answer:
    """An answer in JSON."""
    return status, headers, json.dumps(data).encode()


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def found(journal_of: Callable[..., Any], things: Any, knowledge: Knowledge) -> Callable[..., Export]:
    """``found("splunk", 3)``: an export of so many cameras for a format."""

    def make(form: str, cameras: int = 2, **settings: str) -> Export:
        answers = {f"10.1.0.{number}": things.camera(number) for number in range(1, cameras + 1)}
        targets = ("10.1.0.0/24",)
        result = read_result(journal_of("2026-01-05", answers, targets), knowledge)
        report = build_report([result], knowledge, ("us-federal-contractor",), None)
        return Export(
            report, knowledge.mandates, report.run.started, form, settings=format_of(form).checked(settings)
        )

    return make


@pytest.fixture(name="told")
def _told() -> Callable[..., Answer]:
    return told
