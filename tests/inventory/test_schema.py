"""Every table is a record or a view, and what says which revision is newest says the truth."""

from __future__ import annotations

from pathlib import Path

from scanner.inventory import migrations, schema


def test_every_table_is_a_record_or_a_view():
    assert {
        table.name
        for table in (*schema.RECORDS, *schema.VIEWS, *schema.STATE, schema.revision_table, schema.lease)
    } == set(schema.metadata.tables)


def test_the_head_is_the_newest_step():
    steps = sorted(path.stem for path in (Path(migrations.__file__).parent / "versions").glob("v*.py"))

    assert steps[-1].startswith(f"v{schema.HEAD}_")
