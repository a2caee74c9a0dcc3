"""Nothing is read or written for nobody: all that the gateway offers takes a user, or a grant that was made for one."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from modelsweb import gateway

WHO = ("User", "ListGrant", "ObjectGrant")
WITHOUT = {
    "access.attributes": "the terms of a question",
    "access.Access.user_of": "says who the user is",
    "authorization.Authorization.user_of": "says who the user is",
    "audit.refused": "writes a line that names the user",
    "audit.turned_away": "writes a line that names the user",
    "audit.written": "writes a line that names the user",
    "audit.Strangers.turned_away": "writes a line about a request without a user",
    "single_flight.SingleFlight.get": "keeps the answers of those who ask on a user's behalf",
    "single_flight.SingleFlight.known": "keeps the answers of those who ask on a user's behalf",
    "single_flight.SingleFlight.questions": "tells what was asked, not what was answered",
    "single_flight.SingleFlight.forget": "drops an answer",
    "inventory.Inventory.forget": "drops what is kept, and reads nothing",
    "reader.ListGrant.unseen_in": "is a grant",
}


def _offered() -> Iterator[tuple[str, Callable[..., object]]]:
    for info in pkgutil.iter_modules(gateway.__path__):
        module = importlib.import_module(f"{gateway.__name__}.{info.name}")
        for name, found in vars(module).items():
            if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(found):
                yield f"{info.name}.{name}", found
            elif inspect.isclass(found):
                for method, function in vars(found).items():
                    if not method.startswith("_") and inspect.isfunction(function):
                        yield f"{info.name}.{name}.{method}", function


OFFERED = dict(_offered())


@pytest.mark.parametrize("name", OFFERED)
def test_it_takes_a_user_or_a_grant(name: str) -> None:
    given = [str(parameter.annotation) for parameter in inspect.signature(OFFERED[name]).parameters.values()]
    takes = any(who in annotation for annotation in given for who in WHO)
    assert takes != (name in WITHOUT), WITHOUT.get(name, f"{name} reads for nobody")


def test_the_exceptions_are_there() -> None:
    assert WITHOUT.keys() <= OFFERED.keys()


def test_grants_are_made_in_the_gateway_only() -> None:
    source = Path(gateway.__path__[0]).parent
    making = re.compile(r"\b(?:ListGrant|ObjectGrant)\(")
    makers = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if making.search(path.read_text())
    }
    assert makers == {"gateway/reader.py", "gateway/raw_reader.py"}
