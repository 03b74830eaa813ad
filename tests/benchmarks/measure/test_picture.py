from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

from benchmarks.measure.counting import Score
from benchmarks.measure.picture import Row, picture, rows


def test_recall_and_precision_have_a_row_each_where_there_is_something_to_count() -> None:
    one = Score("a", found=3, missed=1, alarms=1, levels=Counter(probable=4))

    assert list(rows([one, Score("b")])) == [
        Row("a: recall", "recall", 3, 4),
        Row("a: precision", "precision", 3, 4),
    ]


def test_the_picture_is_svg_for_light_and_dark_with_a_point_for_each_share() -> None:
    text = picture([Row("a & b: recall", "recall", 1, 2), Row("c: precision", "precision", 0, 0)])
    root = ET.fromstring(text)

    assert "a & b: recall 1/2" in [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 1
    assert "prefers-color-scheme: dark" in text
