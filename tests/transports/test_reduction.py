from scanner.transports.reduction import Reduction


def test_a_reduction_is_a_value_and_partial_unless_said():
    assert Reduction("eth0", "why") == Reduction("eth0", "why", total=False)
    assert len({Reduction("eth0", "why"), Reduction("eth0", "why", total=True)}) == 2
