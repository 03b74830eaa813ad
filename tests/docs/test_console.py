"""What the pages tell a reader to type can be typed."""

from __future__ import annotations

import re
import shlex
import subprocess

import click
import pytest

from scanner.cli import main_group

PLACEHOLDER = re.compile(r"\b(ID|TARGET|JOURNAL|PROTOCOL|COMMAND)\b")


def commands(text: str) -> list[str]:
    """The commands of a console block: what stands behind ``$``, continued lines joined."""
    joined = text.replace("\\\n", " ")
    return [line[2:].split(" #")[0].strip() for line in joined.splitlines() if line.startswith("$ ")]


def of_hiksweep(command: str) -> list[str] | None:
    """The words behind ``hiksweep`` in a command; None if it does not call it."""
    parts = re.split(
        r"(?<!\S)(?:\.venv/bin/)?hiksweep(?!\S)", command.split(" -- ", maxsplit=1)[0], maxsplit=1
    )
    if len(parts) < 2 or "|" in parts[1] or parts[0].startswith("sudo "):
        return None
    return shlex.split(re.split(r" [<>] ", parts[1])[0])


def parse(words: list[str]) -> None:
    """Parse a command line without running it."""
    command: click.Command = main_group
    context: click.Context | None = None
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        context = click.Context(command, info_name=command.name, parent=context)
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"no command is called {name}"
        command = found
    command.make_context(command.name, list(words), parent=context)


def test_every_call_of_hiksweep_in_the_pages_is_understood(pages, blocks):
    seen = 0
    for name, text in pages.items():
        for block in blocks(text, "console"):
            for line in commands(block):
                words = of_hiksweep(line)
                if words is not None:
                    seen += 1
                    try:
                        parse(words)
                    except click.exceptions.Exit:
                        continue  # --help and --version
                    except click.ClickException as error:
                        pytest.fail(f"{name}: {line}: {error.format_message()}")
    assert seen > 20


def test_a_call_with_an_option_that_is_none_is_found():
    with pytest.raises(click.UsageError):
        parse(["scan", "10.1.0.0/24", "--brute-force"])


def test_every_profile_that_a_call_names_exists(pages, blocks, generated):
    named = set()
    for text in pages.values():
        for block in blocks(text, "console"):
            named |= set(re.findall(r"--profile ([a-z][a-z-]+)", block))

    assert named - set(generated.common.knowledge().mandates.profiles) == set()


def test_the_runnable_blocks_of_readme_run(pages, blocks, run):
    runnable = list(blocks(pages["README.md"], "console", "runnable"))

    assert runnable
    for block in runnable:
        for line in commands(block):
            done = run(shell=line)
            assert done.returncode == 0, f"{line}\n{done.stderr}"
            assert done.stdout


def test_a_line_that_stands_for_something_is_not_called_runnable(pages, blocks):
    for text in pages.values():
        for block in blocks(text, "console", "runnable"):
            assert not PLACEHOLDER.search(block)


@pytest.mark.parametrize("kind", ["sh", "console"])
def test_the_shell_understands_every_line(pages, blocks, kind):
    for name, text in pages.items():
        for block in blocks(text, kind):
            script = block if kind == "sh" else "\n".join(commands(block))
            done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{name}: {done.stderr}"
