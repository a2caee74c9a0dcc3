"""The create page: the text that was pasted, what is wrong with it, and what became of each document."""

from dataclasses import dataclass

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.operations.outcome import DocumentOutcome, State, TextOutcome
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row

EXAMPLE = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: sklearn-iris
spec:
  predictor:
    model:
      modelFormat:
        name: sklearn
      storageUri: gs://kfserving-examples/models/sklearn/1.0/model
"""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What became of a document."""

    outcome: DocumentOutcome
    problems: tuple[ProblemRow, ...]

    @property
    def is_service(self) -> bool:
        """It describes a model service, which has a page with more than its declaration."""
        return self.outcome.ref.kind == INFERENCE_SERVICE.full_name


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateService:
    """The page."""

    namespace: str
    source: str
    problems: tuple[ProblemRow, ...] = ()
    documents: tuple[DocumentRow, ...] = ()
    may_create: bool = True

    @property
    def has_failed(self) -> bool:
        """Something has to be mended."""
        return bool(self.problems) or any(row.outcome.state is State.FAILED for row in self.documents)

    @property
    def is_unavailable(self) -> bool:
        """Nothing has to be mended: the cluster did not answer."""
        return any(row.outcome.is_unavailable for row in self.documents)

    @property
    def is_answer(self) -> bool:
        """It tells what became of a text that was sent."""
        return bool(self.problems or self.documents)

    @property
    def new_service(self) -> DocumentOutcome | None:
        """The one service that was created, where a report has nothing else to say."""
        if len(self.documents) != 1:
            return None
        [row] = self.documents
        outcome = row.outcome
        is_plain = outcome.state is State.DONE and not outcome.moved_from and not outcome.omitted
        return outcome if is_plain and row.is_service else None

    @property
    def has_created(self) -> bool:
        """Something was created."""
        return any(row.outcome.state is State.DONE for row in self.documents)


def of_outcome(namespace: str, source: str, *, outcome: TextOutcome) -> CreateService:
    """The page after a submit."""
    return CreateService(
        namespace=namespace,
        source=source,
        problems=tuple(map(problem_row, outcome.problems)),
        documents=tuple(
            DocumentRow(document, tuple(map(problem_row, document.problems)))
            for document in outcome.documents
        ),
    )
