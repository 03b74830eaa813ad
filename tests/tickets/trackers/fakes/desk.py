"""A server on this machine that answers JSON by a table of paths, as the fakes of trackers need one."""

from __future__ import annotations

import json
import re
import threading
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class Refusal(Exception):
    """An answer that is none of success."""

    def __init__(self, status, body=None, **headers):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


class Desk:
    """Requests one after another, each given to the method that the table names.

    `table` holds rows of method, pattern of the path, name; the method gets what the pattern caught, the query
    and the data, and gives a status and a body, and headers if it likes.
    """

    table = ()
    USER, SECRET = "hiksweep", "pw-of-hiksweep-4711"

    def __init__(self):
        self.asked = []
        """Method, path and data of each request."""
        self.throttled = 0
        """So many requests from now on are one too many."""
        self.after = {}
        """By method and part of a path: called once the next such request was carried out."""
        self._lock = threading.Lock()
        desk = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def _any(self):
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with desk._lock:
                    status, body, headers = desk.answer(self.command, self.path, self.headers, data)
                content = b"" if body is None else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        for verb in ("GET", "POST", "PUT", "PATCH"):
            setattr(Handler, f"do_{verb}", Handler._any)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def user_of(self, headers):
        """Who asks: a name, None for nobody who says so."""
        given = headers.get("Authorization") or ""
        if not given:
            return None
        user, _, secret = b64decode(given.removeprefix("Basic ")).decode().partition(":")
        if (user, secret) != (self.USER, self.SECRET):
            raise Refusal(401, self.error("You are not authenticated."))
        return user

    def error(self, sentence):
        return {"errorMessages": [sentence], "errors": {}}

    def answer(self, method, path, headers, data):
        parts = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        query["*"] = parse_qs(parts.query)
        try:
            self.asked.append((method, parts.path, data))
            if self.throttled:
                self.throttled -= 1
                raise Refusal(429, None, Retry_After="7")
            self.user = self.user_of(headers)
            for wanted, pattern, name in self.table:
                match = re.fullmatch(pattern, unquote(parts.path))
                if wanted == method and match:
                    found = getattr(self, name)(*match.groups(), query, json.loads(data) if data else None)
                    status, body, *more = found
                    for (verb, part), then in list(self.after.items()):
                        if verb == method and part in parts.path:
                            del self.after[verb, part]
                            then()
                    return status, body, more[0] if more else {}
            raise Refusal(404, self.error("null for uri"))
        except Refusal as error:
            return error.status, error.body, error.headers
