"""The create page: the text that was pasted, what is wrong with it, and what became of each document."""

from dataclasses import dataclass

from modelsweb.kinds import INFERENCE_SERVICE, ROOTS
from modelsweb.manifests.check import Level
from modelsweb.manifests.concerns import Concern
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
    def has_page(self) -> bool:
        """What users come for; the rest only goes along."""
        return self.outcome.ref.kind in {kind.full_name for kind in ROOTS}

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
    concerns: tuple[Concern, ...] = ()
    is_despite_concerns: bool = False
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
    def is_held_back(self) -> bool:
        """Nothing was created, as our own checks say that it will not work."""
        return (
            self.is_trial
            and not self.is_despite_concerns
            and any(one.level <= Level.BROKEN for one in self.concerns)
        )

    @property
    def is_accepted(self) -> bool:
        """It was only tried, and nothing speaks against it."""
        return self.is_answer and not self.has_failed and self.is_trial and not self.is_held_back

    @property
    def is_trial(self) -> bool:
        """Nothing was sent that lasts."""
        return any(row.outcome.state is State.PENDING for row in self.documents)

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
        is_there = outcome.state in {State.DONE, State.UNCHANGED}
        is_plain = is_there and not outcome.moved_from and not outcome.omitted and not self.concerns
        return outcome if is_plain and row.is_service else None

    @property
    def has_created(self) -> bool:
        """Something was created."""
        return self.created > 0

    @property
    def created(self) -> int:
        """So many documents were created."""
        return sum(row.outcome.state is State.DONE for row in self.documents)

    @property
    def has_source(self) -> bool:
        """There is still something to do with the text."""
        return not self.is_answer or self.has_failed or self.is_trial


def of_outcome(
    namespace: str, source: str, *, outcome: TextOutcome, is_despite_concerns: bool = False
) -> CreateService:
    """The page after a submit."""
    return CreateService(
        namespace=namespace,
        source=source,
        problems=tuple(map(problem_row, outcome.problems)),
        documents=tuple(
            DocumentRow(document, tuple(map(problem_row, document.problems)))
            for document in outcome.documents
        ),
        concerns=outcome.concerns,
        is_despite_concerns=is_despite_concerns,
    )
