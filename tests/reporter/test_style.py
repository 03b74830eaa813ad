from scanner.reporter.style import Style


def test_without_colours_text_is_left_alone_and_lines_are_ascii():
    plain = Style()

    assert plain.paint("act", "text") == "text"
    assert (plain.rule + plain.bar).isascii()


def test_with_colours_a_painted_text_ends_its_colour():
    assert Style(colour=True).paint("act", "text") == "\x1b[1;31mtext\x1b[0m"


def test_blanks_and_calm_roles_are_not_painted():
    bright = Style(colour=True)

    assert bright.paint("act", "  ") == "  "
    assert bright.paint("calm", "not bound") == "not bound"
