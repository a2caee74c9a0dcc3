"""The create page: the text that was pasted, what is wrong with it, and what became of each document."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelsweb.kinds import (
    INFERENCE_GRAPH,
    KNATIVE_SERVICE,
    LEADER_WORKER_SET,
    LLM_INFERENCE_SERVICE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    ROOTS,
    SCALED_OBJECT,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.manifests.concerns import Concern
from modelsweb.manifests.starting_point import StartingPoint
from modelsweb.objects.kind import Kind
from modelsweb.operations.action import Target
from modelsweb.operations.outcome import DocumentOutcome, State, TextOutcome
from modelsweb.text import Text, text
from modelsweb.viewmodels.components.change_row import ChangeRow, change_rows
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row
from modelsweb.viewmodels.components.service_form import ServiceForm

_MAX_WORDS = 200
TEMPLATES: Mapping[str, Text] = {
    "sklearn": text("scikit-learn"),
    "xgboost": text("XGBoost"),
    "lightgbm": text("LightGBM"),
    "tensorflow": text("TensorFlow"),
    "pytorch": text("PyTorch on TorchServe"),
    "onnx": text("ONNX on Triton"),
    "openvino": text("OpenVINO, with its runtime"),
    "pmml": text("PMML"),
    "paddle": text("Paddle"),
    "mlflow": text("MLflow"),
    "huggingface": text("Hugging Face"),
    "huggingface-gated": text("Hugging Face, gated, with its token"),
    "vllm": text("vLLM"),
    "custom": text("Custom container"),
    "transformer": text("With a transformer"),
    "explainer": text("With an explainer"),
    "canary": text("Canary in Knative mode"),
    "canary-standard": text("Canary in Standard mode"),
    "autoscaling": text("Scaled by CPU"),
    "keda": text("Scaled by KEDA"),
    "multi-node": text("On several nodes"),
    "logger": text("With a request log"),
    "pvc": text("Model in a volume"),
    "s3": text("Model in S3, with its keys"),
    "gcs": text("Model in Google Cloud Storage, with its key"),
    "azure": text("Model in Azure, with its principal"),
    "oci": text("Model in an OCI image"),
    "llm-plain": text("LLM service"),
    "llm": text("LLM service with scheduler"),
    "llm-prefill-decode": text("LLM service with prefill and decode"),
    "llm-multi-node": text("LLM service on several nodes"),
    "llm-lora": text("LLM service with LoRA adapters"),
    "graph": text("Graph: one after the other"),
    "graph-splitter": text("Graph: split by weight"),
    "graph-switch": text("Graph: switch by condition"),
    "graph-ensemble": text("Graph: ensemble"),
    "trained-model": text("Trained model on a server"),
    "runtime": text("Serving runtime"),
    "model-cache": text("Model cache on nodes"),
}
"""The templates in the order in which they are offered."""
_NEEDS: Mapping[str, Kind] = {
    "canary": KNATIVE_SERVICE,
    "keda": SCALED_OBJECT,
    "llm-plain": LLM_INFERENCE_SERVICE,
    "llm": LLM_INFERENCE_SERVICE,
    "llm-prefill-decode": LLM_INFERENCE_SERVICE,
    "llm-multi-node": LEADER_WORKER_SET,
    "llm-lora": LLM_INFERENCE_SERVICE,
    "graph": INFERENCE_GRAPH,
    "graph-splitter": INFERENCE_GRAPH,
    "graph-switch": INFERENCE_GRAPH,
    "graph-ensemble": INFERENCE_GRAPH,
    "trained-model": TRAINED_MODEL,
    "runtime": SERVING_RUNTIME,
    "model-cache": LOCAL_MODEL_NAMESPACE_CACHE,
}
"""What a cluster must have for some of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """A template, and why it is of no use on this cluster."""

    key: str
    words: Text
    absent: Text | None = None


def template_rows(served: frozenset[str]) -> tuple[TemplateRow, ...]:
    """All templates, with what they lack; ``served`` are the full names of the kinds that the cluster has."""
    return tuple(
        TemplateRow(
            key=key,
            words=words,
            absent=text("{kind} is not installed on this cluster.", kind=_NEEDS[key].kind)
            if key in _NEEDS and _NEEDS[key].full_name not in served
            else None,
        )
        for key, words in TEMPLATES.items()
    )


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What became of a document."""

    outcome: DocumentOutcome
    problems: tuple[ProblemRow, ...]
    added: tuple[ChangeRow, ...] = ()
    """What the cluster sets beside what the document says."""

    @property
    def root(self) -> Kind | None:
        """The kind of what users come for, which has pages; None of what only goes along."""
        return next((kind for kind in ROOTS if kind.full_name == self.outcome.ref.kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateService:
    """The page."""

    namespace: str
    source: str
    problems: tuple[ProblemRow, ...] = ()
    documents: tuple[DocumentRow, ...] = ()
    concerns: tuple[Concern, ...] = ()
    notes: tuple[Text, ...] = ()
    templates: tuple[TemplateRow, ...] = ()
    """What the text can begin with."""
    form: ServiceForm = field(default_factory=ServiceForm)
    is_held_back: bool = False
    """Nothing was created, as our own checks say that it will not work."""
    may_create: bool = True

    @property
    def has_failed(self) -> bool:
        """Something has to be mended."""
        return bool(self.problems) or any(row.outcome.state is State.FAILED for row in self.documents)

    @property
    def is_refused(self) -> bool:
        """The user has to do something before it can be created."""
        return self.has_failed or self.is_held_back or self.form.has_problems

    @property
    def is_unavailable(self) -> bool:
        """Nothing has to be mended: the cluster did not answer."""
        return any(row.outcome.is_unavailable for row in self.documents)

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
    def new_root(self) -> Target | None:
        """The one object that was created and has a page, where a report has nothing else to say."""
        if len(self.documents) != 1:
            return None
        [row] = self.documents
        outcome = row.outcome
        is_there = outcome.state in {State.DONE, State.UNCHANGED}
        is_plain = is_there and not outcome.moved_from and not outcome.omitted and not self.concerns
        if not is_plain or row.root is None:
            return None
        return Target(kind=row.root, namespace=outcome.ref.namespace, name=outcome.ref.name, uid=outcome.uid)

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


def notes(begun: StartingPoint, template: str) -> tuple[Text, ...]:
    """What a reader must know of the text with which the page begins."""
    said = []
    if begun.ignored:
        said.append(
            text("Ignored of the address of this page: {keys}.", keys=", ".join(begun.ignored)[:_MAX_WORDS])
        )
    if begun.has_dropped_user:
        said.append(
            text(
                "The address of the model held a user or a password; they were taken out. Put them in a Secret."
            )
        )
    if template and template not in TEMPLATES:
        said.append(text("There is no template {name}.", name=template[:_MAX_WORDS]))
    return tuple(said)


def fixed(*, is_done: bool) -> tuple[Text, ...]:
    """What is said of a fix that could not be made."""
    return () if is_done else (text("The fix could not be made in this text. Change it by hand."),)


def of_outcome(namespace: str, source: str, *, outcome: TextOutcome) -> CreateService:
    """The page after a submit."""
    return CreateService(
        namespace=namespace,
        source=source,
        problems=tuple(map(problem_row, outcome.problems)),
        documents=tuple(
            DocumentRow(
                outcome=document,
                problems=tuple(map(problem_row, document.problems)),
                added=change_rows(document.added),
            )
            for document in outcome.documents
        ),
        concerns=outcome.concerns,
        is_held_back=outcome.is_held_back,
    )
