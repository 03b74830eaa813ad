from scanner.reporter.interface import Format, Options


def test_the_formats_are_the_words_of_the_command_line():
    assert [kind.value for kind in Format] == ["table", "json", "jsonl", "csv", "html"]


def test_the_defaults_are_safe_for_people():
    options = Options()

    assert (options.show_all, options.raw, options.colour) == (False, False, False)
    assert options.width >= 60
