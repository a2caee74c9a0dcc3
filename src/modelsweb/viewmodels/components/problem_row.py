"""What is wrong, as a page lists it."""

from dataclasses import dataclass

from modelsweb.errors import Problem
from modelsweb.text import Text
from modelsweb.viewmodels.components.sentences import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One problem; ``line`` and ``column`` are None where it has no place, ``detail`` is what the cluster said."""

    text: Text
    line: int | None = None
    column: int | None = None
    detail: str = ""


def problem_row(problem: Problem) -> ProblemRow:
    """The row of a problem."""
    return ProblemRow(text=sentence(problem), line=problem.line, column=problem.column, detail=problem.detail)
