"""Every code has words, and every error can be told: none asks for a value that it does not have."""

import re

import pytest

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.operations.problems import problem_of
from modelsweb.viewmodels.components import sentences
from modelsweb.web.middleware.csrf import CsrfError

_VALUE = re.compile(r"{(\w+)}")


def _errors(error: type[errors.ModelswebError]) -> list[type[errors.ModelswebError]]:
    return [error, *(below for derived in error.__subclasses__() for below in _errors(derived))]


def _example(error: type[errors.ModelswebError]) -> errors.ModelswebError:
    if issubclass(error, errors.AccessDeniedError):
        return error("alice", errors.Attributes(verb="get", group="", resource="pods", namespace="team-risk"))
    return error("what the cluster said")


@pytest.mark.parametrize(
    "error",
    [_example(error) for error in _errors(errors.ModelswebError) if error.__module__ == errors.__name__]
    + [
        CsrfError("no token"),
        errors.AccessDeniedError("alice", errors.Attributes(verb="list", group="", resource="nodes")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_can_be_told(error: errors.ModelswebError) -> None:
    problem = problem_of(error)
    if problem.code is Code.ALREADY_EXISTS:
        problem = problem_of(error, kind="InferenceService", name="iris")
    title, sentence = sentences.explain(problem)
    assert str(title)
    assert str(sentence)
    assert str(sentences.sentence(problem))
    assert errors.status_of(problem.code) == error.status


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_sentence_of_its_own(code: Code) -> None:
    names = {"user", "verb", "resource", "namespace", "kind", "name", "field", "wanted", "max", "problem"}
    values = dict.fromkeys(
        names | {"key", "value", "tag", "given", "kinds", "example", "command", "line", "low", "high"}, "x"
    )
    sentence = sentences.sentence(Problem(code=code, values=values))
    assert set(_VALUE.findall(sentence.message)) <= values.keys()
    is_general = str(sentence) == "See the message for details."
    assert is_general == (code in {Code.BAD_REQUEST, Code.INVALID, Code.UNSUPPORTED_MEDIA_TYPE})
