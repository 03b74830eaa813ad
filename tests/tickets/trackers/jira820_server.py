"""jira820, somebody else's play of a Jira Data Center 8.20 (https://github.com/dongyi-kim/jira820), started here.

It plays less than Jira can: no ``update`` of an issue, which this puts into the fields that it knows; no
question who may do what; an issue's id is a digest of its key.
"""

from __future__ import annotations

import json
import socket
import threading
import time

import uvicorn
from jira820 import make_app
from jira820.config import Config
from jira820.serialize import iid
from jira820.store import Store

UP = 30.0


class Labels:
    """Puts the operations on labels that an edit holds into the field, as Jira does itself."""

    def __init__(self, app, store):
        self._app, self._store = app, store

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        data = json.loads(body)
        operations = (data.get("update") or {}).get("labels", ())
        if operations:
            labels = set(self._store.issues[scope["path"].rsplit("/", 1)[1]]["labels"])
            for one in operations:
                labels |= {one["add"]} if "add" in one else set()
                labels -= {one["remove"]} if "remove" in one else set()
            data.setdefault("fields", {})["labels"] = sorted(labels)
        content = json.dumps(data).encode()
        headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(content)).encode()))

        async def again():
            return {"type": "http.request", "body": content, "more_body": False}

        await self._app({**scope, "headers": headers}, again, send)


class Jira820:
    """One empty project, SEC."""

    def __init__(self):
        config = Config(project_key="SEC", transition_screens={"Done": ["resolution"]})
        self.store = Store(config, seed=False)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        app = Labels(make_app(self.store), self.store)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", loop="asyncio"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()
        until = time.monotonic() + UP
        while not self._server.started:
            if time.monotonic() > until:
                raise TimeoutError("jira820 does not answer")
            time.sleep(0.01)

    def stop(self):
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def view(self, seen):
        return Person(self.store, seen)


class Person:
    """A person's view."""

    def __init__(self, store, seen):
        self._store, self._seen = store, seen

    def tickets(self):
        return [
            self._seen(
                id=iid(key),
                open=one["statusCategory"] != "done",
                memo=" ".join(one["labels"]),
                body=one["description"],
                comments=tuple(said["body"] for said in one["comments"]),
                duplicate_of=next(
                    (
                        iid(link["key"])
                        for link in one["links"]
                        if link["type"] == "Duplicate" and link["dir"] == "outward"
                    ),
                    "",
                ),
            )
            for key, one in self._store.issues.items()
        ]
