from __future__ import annotations

import pytest

from scanner.config.settings import parse
from scanner.inventory.engine import open_store
from scanner.model.errors import UsageError
from scanner.tickets.configured import desk_of, name_of
from scanner.tickets.desk import Desk

TABLE = '[tickets]\ntracker = "roundup"\nurl = "https://tracker.example/t"\n'
SITES = '[sites.main.networks.a]\ntargets = ["10.1.0.0/24"]\n'


@pytest.fixture
def make(tmp_path, knowledge):
    store = open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True)

    def build(table):
        found = parse(table + SITES, tmp_path / "hiksweep.toml", (), {})
        return desk_of(found, store, knowledge), found

    return build


def test_a_desk_as_the_file_says(make, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("s3cr3t\n")
    secret.chmod(0o600)
    desk, found = make(TABLE + 'secret = { file = "secret" }\nuser = "me"\n')
    assert isinstance(desk, Desk)
    assert name_of(found.settings.tickets) == "roundup https://tracker.example/t"


MAIL = (
    '[tickets]\ntracker = "email"\nurl = "smtps://mail.example"\n'
    'project = "work@y.example"\nsender = "us@x.example"\n'
)


def test_a_desk_of_what_cannot_be_asked(make):
    desk, found = make(MAIL)
    assert isinstance(desk, Desk)
    assert name_of(found.settings.tickets) == "email smtps://mail.example work@y.example"
    assert isinstance(make(MAIL.replace("email", "webhook").replace("smtps", "https"))[0], Desk)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "needs tracker"),
        ('[tickets]\ntracker = "roundup"\n', "needs url"),
        ('[tickets]\ntracker = "jura"\nurl = "https://x.example"\n', "no tracker is called jura"),
        ('[tickets]\ntracker = "roundup"\nurl = "http://x.example"\n', "an https:// URL is needed"),
        (TABLE + 'secret = { file = "none" }\n', "cannot be read"),
        (MAIL.replace("smtps", "https"), "write smtps://HOST"),
        (MAIL.replace("email", "webhook"), "an https:// URL is needed"),
    ],
)
def test_what_is_missing_or_wrong_is_named(make, table, words):
    with pytest.raises(UsageError, match=words):
        make(table)
