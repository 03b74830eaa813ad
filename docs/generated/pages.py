"""The pages that are written whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from generated.blocks import exit_codes_table
from generated.common import MARK, cell, helps, knowledge
from scanner.config.reference import key_tables
from scanner.config.schema import ENVIRONMENT as SETTING
from scanner.config.settings import example
from scanner.knowledge.signatures import Signature
from scanner.mandates.page import mandates_page
from scanner.matcher.making import KINDS
from scanner.model.evidence import Maker
from scanner.probes import PROBES
from scanner.probes.page import what_it_sends

ROOT = Path(__file__).resolve().parents[2]

ENVIRONMENT: Mapping[str, str] = {
    "HIKSWEEP_DATA": "Folder of journals and locks, in place of the user's own (`~/.local/share/hiksweep`).",
    "HIKSWEEP_CONFIG": "The configuration, in place of the first `hiksweep.toml` that is found.",
    "HIKSWEEP_SET_<KEY>": "A key of the configuration outside the sites, such as `HIKSWEEP_SET_RATE`; "
    "it wins over the file.",
    "HIKSWEEP_STORE": "The same as `--store`: a file, or `postgresql://…`.",
    "HIKSWEEP_STORE_PASSWORD": "The password of that database; `~/.pgpass` serves as well.",
    "HIKSWEEP_SNMP_COMMUNITY": "The site's SNMP read community; `--snmp-community-file` wins.",
    "HIKSWEEP_SNMP_COMMUNITY_FILE": "The same as `--snmp-community-file`.",
    "HIKSWEEP_SERVICE_TOKEN": "Bearer token for the organisation's own `https://` lists and facts; "
    "never sent to a device.",
    "NO_COLOR": "If set, the table has no colours.",
}
"""Variables that the program reads."""

SCHEMAS: Mapping[str, str] = {
    "scanner/schemas/scan.schema.json": "`scan` and `report` with `--format json`",
    "scanner/schemas/scan-jsonl.schema.json": "a line of `scan` and `report` with `--format jsonl`",
    "scanner/schemas/identify.schema.json": "a line that `identify` prints",
    "scanner/schemas/explain.schema.json": "`explain --format json`",
    "scanner/schemas/doctor.schema.json": "`doctor --format json`",
    "scanner/schemas/plan.schema.json": "`plan --format json`",
    "scanner/schemas/config-show.schema.json": "`config show --format json`",
    "scanner/schemas/schedule-list.schema.json": "`schedule list --format json`",
    "scanner/schemas/inventory.schema.json": "`devices`, `findings`, `history`, `coverage` and `diff` "
    "with `--format json`",
    "scanner/schemas/lab-truth.schema.json": "`lab truth --format json`",
    "fingerprints/schemas/signatures.schema.json": "`fingerprints/signatures/*.yaml`, `lookalikes.yaml`",
    "fingerprints/schemas/judged.schema.json": "`fingerprints/signatures/judged.yaml`",
    "fingerprints/schemas/brands.schema.json": "`fingerprints/brands.yaml`",
    "fingerprints/schemas/makers.schema.json": "`fingerprints/makers.yaml`",
    "fingerprints/schemas/models.schema.json": "`fingerprints/models.yaml`",
    "fingerprints/schemas/serials.schema.json": "`fingerprints/serials.yaml`",
    "fingerprints/schemas/placeholders.schema.json": "`fingerprints/placeholders.yaml`",
    "fingerprints/schemas/relabels.schema.json": "`fingerprints/relabels.yaml`",
    "fingerprints/schemas/software.schema.json": "`fingerprints/software.yaml`",
    "fingerprints/schemas/oui.schema.json": "`fingerprints/oui/*.csv`",
    "fingerprints/schemas/mandate.schema.json": "`fingerprints/mandates/*.yaml`",
    "fingerprints/schemas/profile.schema.json": "`fingerprints/profiles/*.yaml`",
    "fingerprints/schemas/facts.schema.json": "`fingerprints/facts.yaml`",
    "fingerprints/schemas/texts.schema.json": "`fingerprints/texts.yaml`",
}
"""Every schema of the project and what it describes."""


def commands_page() -> str:
    """The help of every command and subcommand."""
    lines = ["# Commands", "", MARK.format(origin="the commands' own help"), ""]
    lines += ["What each command prints with `--help`.", ""]
    for name, text in helps():
        lines += ["#" * (1 + len(name.split())) + f" {name}", "", "```text", *text.splitlines(), "```", ""]
    lines += ["## Environment", "", "| variable | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {meaning} |" for name, meaning in ENVIRONMENT.items()]
    return "\n".join(lines).rstrip() + "\n"


def signatures_page() -> str:
    """Every signature, look-alike and derived kind of evidence, by file."""
    known = knowledge()
    by_file: dict[str, list[Signature]] = {}
    for entry in known.signatures:
        by_file.setdefault(entry.where.split(":")[0], []).append(entry)
    version = known.versions["signatures"]
    lines = [
        "# Signatures",
        "",
        MARK.format(origin="fingerprints/"),
        "",
        f"{len(known.signatures)} signatures and {len(known.lookalikes)} look-alikes, as of {version.date}.",
        "One whole, with its pattern, source and examples: `hiksweep signatures show ID`. What the strengths",
        "add up to: [What each level means](../explain/evidence-rules.md).",
    ]
    for file, entries in by_file.items():
        lines += ["", f"## {file}", "", "| id | strength | family | claims | says |", "|---|---|---|---|---|"]
        lines += [_signature_row(entry) for entry in entries]
    lines += [
        "",
        "## lookalikes.yaml",
        "",
        "What resembles the maker's equipment and is not evidence of it.",
        "",
    ]
    lines += ["| id | explains away | says |", "|---|---|---|"]
    lines += [
        f"| `{entry.id}` | {', '.join(entry.against)} | {cell(entry.says)} |" for entry in known.lookalikes
    ]
    lines += ["", "## Derived evidence", "", "Concluded from several fields, replies or tables.", ""]
    lines += ["| id | family | says |", "|---|---|---|"]
    lines += [f"| `{kind.id}` | {kind.family} | {cell(kind.says)} |" for kind in KINDS]
    return "\n".join(lines) + "\n"


def _signature_row(entry: Signature) -> str:
    strength = entry.strength.value
    if entry.with_partner is not None:
        strength += f", {entry.with_partner.value} with a partner"
    claims = entry.claims.get("maker_name", "")
    if entry.claims.get("maker") == Maker.HIKVISION:
        brand = entry.claims.get("brand")
        claims = f"Hikvision; brand {brand}" if brand else "Hikvision"
    return f"| `{entry.id}` | {strength} | {entry.family} | {cell(claims)} | {cell(entry.says)} |"


def exit_codes_page() -> str:
    """The codes of `scan` and `report`, and what the other commands say of theirs."""
    lines = ["# Exit codes", "", MARK.format(origin="its own table and the commands' help"), ""]
    lines += ["## scan and report", "", *exit_codes_table()]
    lines += [
        "",
        "3 wins over 4: equipment that was found is found, whatever was not looked at. Whether the",
        "coverage was complete stands in the headline and in `run.coverage_complete` of the JSON.",
        "",
        "`make scan` prints the code of the scan and ends with 0 when it is 0, 3 or 4.",
        "",
        "## The other commands",
        "",
        "| command | exit codes |",
        "|---|---|",
    ]
    for name, text in helps():
        words = " ".join(text.split("\nOptions:")[0].split())
        if name.split()[1:] and name.split()[1] not in ("scan", "report") and "COMMAND [ARGS]" not in words:
            said = re.search(r"Exit codes?: (.*)$", words)
            lines.append(f"| `{name}` | {cell(said[1] if said else '0 whatever it shows; 2 usage.')} |")
    return "\n".join(lines) + "\n"


def schemas_page() -> str:
    """Every schema and what it describes."""
    lines = [
        "# Schemas",
        "",
        MARK.format(origin="scanner/schemas and fingerprints/schemas"),
        "",
        "Outputs and data files are described by [JSON Schema](https://json-schema.org/), draft 2020-12. The",
        "tests hold every output and every data file against its schema.",
        "",
        "| schema | describes | top-level keys |",
        "|---|---|---|",
    ]
    for path, describes in SCHEMAS.items():
        schema = json.loads((ROOT / path).read_text(encoding="utf-8"))
        keys = ", ".join(f"`{key}`" for key in schema.get("properties", {})) or "–"
        lines.append(f"| [{Path(path).name}](../../{path}) | {describes} | {keys} |")
    return "\n".join(lines) + "\n"


def facts_page() -> str:
    """Every fact: what it may be, who tells it, which profiles ask for it."""
    library = knowledge().mandates
    tells = {"site": "the site", "device": "the device itself", "either": "either; the site's word wins"}
    lines = [
        "# Facts",
        "",
        MARK.format(origin="fingerprints/facts.yaml"),
        "",
        "What a decision may need to know and no scan can see. Given by `--fact K=V` or `--facts FILE`; see",
        "[Mandates and profiles](../guide/mandates-and-profiles.md#tell-what-no-scan-can-see).",
    ]
    for fact in library.facts.values():
        asking = [f"`{profile.id}`" for profile in library.profiles.values() if fact.name in profile.asks]
        lines += ["", f"## {fact.name}", "", f"- Question: {fact.question.en}"]
        lines += [f"- En français : {fact.question.fr}"] if fact.question.fr else []
        lines += [f"- Value: {fact.allowed}", f"- Told by: {tells[fact.given_by]}"]
        lines += [f"- Asked by: {', '.join(asking) or 'no profile; used where it is known'}"]
        lines += [f"- Note: {fact.note}"] if fact.note else []
    return "\n".join(lines) + "\n"


def configuration_page() -> str:
    """Every key of the configuration, the example, and where both are read from."""
    lines = [
        "# Configuration",
        "",
        MARK.format(origin="scanner/config/schema.py"),
        "",
        "One file, `hiksweep.toml`: `$HIKSWEEP_CONFIG` if it is set, else the first of `./hiksweep.toml`,",
        "`~/.config/hiksweep/hiksweep.toml` and `/etc/hiksweep/hiksweep.toml`. `config example`",
        "prints one that is complete after two edited lines, `config check` if it is right and when what is",
        "swept next, `config show` what holds and which line says so. How windows and periods are meant:",
        "[Schedule](../guide/schedule.md).",
        "",
        "A key at the top holds for every network; a site or a network may say otherwise: the nearest wins.",
        "`exclude` and `blackout` add up. Names of files count from the folder of `hiksweep.toml`. Where a",
        "list is wanted, one value stands for a list of one. A key outside the sites may also be set by a",
        f"variable, which wins: `{SETTING}RATE=200`, `{SETTING}STORE=/srv/inventory.sqlite`,",
        f"`{SETTING}LOG__LEVEL=debug`.",
        "",
        "`scan`, `store` and what shows the inventory take `store` from here as well, unless `--store` or",
        "`$HIKSWEEP_STORE` says otherwise; nothing else in the file changes a scan by hand.",
        "",
        'A secret never stands in the file: `{ file = "PATH" }` (mode 600), `{ env = "NAME" }` or',
        '`{ credential = "NAME" }` (of a systemd service) says where it is.',
    ]
    for title, says, keys in key_tables():
        lines += ["", f"## {title}", "", says, ""]
        lines += ["| key | value | example | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{one.name}` | {cell(one.value)} | {_code(one.example)} | {cell(one.says)} |" for one in keys
        ]
    return "\n".join([*lines, "", "## The example", "", "```toml", *example().splitlines(), "```"]) + "\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else "–"


def _sends_page() -> str:
    return what_it_sends(PROBES)


def _mandates_page() -> str:
    title, _, rest = mandates_page(knowledge().mandates).partition("\n")
    return f"{title}\n\n{MARK.format(origin='fingerprints/')}\n{rest}"


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/commands.md": commands_page,
    "docs/reference/configuration.md": configuration_page,
    "docs/reference/exit-codes.md": exit_codes_page,
    "docs/reference/facts.md": facts_page,
    "docs/reference/mandates.md": _mandates_page,
    "docs/reference/schemas.md": schemas_page,
    "docs/reference/signatures.md": signatures_page,
    "docs/reference/what-it-sends.md": _sends_page,
}
