import jsonschema
import pytest

from scanner.reporter.schema import load_schema


@pytest.mark.parametrize("name", ["scan", "scan-jsonl", "identify"])
def test_each_shipped_schema_is_a_schema_and_closed(name):
    schema = load_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)

    for part in [schema, *schema.get("oneOf", [])]:
        if "properties" in part:
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


def test_a_schema_that_is_not_there_is_said_so():
    with pytest.raises(FileNotFoundError):
        load_schema("nothing")
