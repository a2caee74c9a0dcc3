"""One query for many services, and what of its answer is believed."""

from modelsweb.metrics import sparklines
from modelsweb.metrics.sparklines import Sparkline


def test_only_services_that_were_asked_for_are_read() -> None:
    values = (1.0, None)
    lines = [
        ({"namespace": "a", "service": "one", "what": "requests"}, values),
        ({"namespace": "a", "service": "one", "what": "errors"}, (0.0, 0.5)),
        ({"namespace": "b", "service": "one", "what": "requests"}, values),
        ({"namespace": "a", "service": "two", "what": "errors"}, values),
    ]
    found = sparklines.read(lines, [("a", "one"), ("a", "two")])
    assert found == {("a", "one"): sparklines.Sparkline(values, (0.0, 0.5))}


def test_names_are_escaped() -> None:
    found = sparklines.write([('n"s', "a.b")], window=60)
    assert 'namespace=~"n\\\\\\"s"' in found
    assert "a\\\\.b" in found


def test_the_hour_is_counted_from_what_is_known_of_it() -> None:
    assert Sparkline((1.0, None, 3.0, 2.0), ()).in_the_hour == 7_200
    assert Sparkline((None, None, None, 0.0), ()).in_the_hour is None
    assert Sparkline((0.0,), ()).in_the_hour == 0
    assert Sparkline((None,), ()).in_the_hour is None
