"""The words of the fields of forms, how each is entered, and the groups in which they stand, by kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.manifests.form_field import Field
from modelsweb.text import Text, text


class Control(StrEnum):
    """How a field is entered."""

    LINE = "line"
    NUMBER = "number"
    LINES = "lines"
    CHOICE = "choice"
    SUGGESTED = "suggested"
    """A line, for which values are offered."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a field, whatever it holds."""

    label: Text
    help: Text | None = None
    control: Control = Control.LINE


WORDS: Mapping[Field, Words] = {
    Field.URI: Words(text("Model address"), text("For example s3://bucket/model, hf://organization/model or pvc://claim/path."), Control.SUGGESTED),
    Field.STORAGE_KEY: Words(text("Storage connection"), text("Instead of an address: a key of the Secret storage-config."), Control.SUGGESTED),
    Field.STORAGE_PATH: Words(text("Path in the connection")),
    Field.SOURCES: Words(text("Several addresses"), text("Instead of one: address=/mount/path, one on each line."), Control.LINES),
    Field.NAME: Words(text("Name")),
    Field.FORMAT: Words(text("Model format"), control=Control.SUGGESTED),
    Field.VERSION: Words(text("Format version")),
    Field.RUNTIME: Words(text("Serving runtime"), control=Control.CHOICE),
    Field.PROTOCOL: Words(text("Protocol"), control=Control.CHOICE),
    Field.IMAGE: Words(text("Runtime version"), text("Tag of the runtime's image; empty for the runtime's own.")),
    Field.MODE: Words(text("Deployment mode"), control=Control.CHOICE),
    Field.MIN_REPLICAS: Words(text("Minimum replicas"), text("Empty means 1."), Control.NUMBER),
    Field.MAX_REPLICAS: Words(text("Maximum replicas"), None, Control.NUMBER),
    Field.METRIC: Words(text("Scale on"), control=Control.CHOICE),
    Field.TARGET: Words(text("Target value"), None, Control.NUMBER),
    Field.CANARY: Words(text("Canary traffic, %"), text("Knative mode only: the share of the newest revision."), Control.NUMBER),
    Field.SIZE: Words(text("Size"), text("Fills in CPU and memory below."), Control.CHOICE),
    Field.CPU: Words(text("CPU request"), text("For example 500m or 2.")),
    Field.MEMORY: Words(text("Memory request"), text("For example 4Gi.")),
    Field.CPU_LIMIT: Words(text("CPU limit")),
    Field.MEMORY_LIMIT: Words(text("Memory limit")),
    Field.GPU: Words(text("GPUs"), None, Control.NUMBER),
    Field.ACCOUNT: Words(text("Service account"), text("Its Secrets hold the credentials for the model address. Empty means default."), Control.SUGGESTED),
    Field.ARGUMENTS: Words(text("Arguments"), text("One on each line."), Control.LINES),
    Field.ENVIRONMENT: Words(text("Environment variables"), text("NAME=value, one on each line. Variables from Secrets and ConfigMaps stay as they are."), Control.LINES),
    Field.LABELS: Words(text("Labels"), text("key=value, one on each line."), Control.LINES),
    Field.TRANSFORMER: Words(text("Transformer image"), text("A container that reshapes requests before the model sees them. Empty means none.")),
    Field.TIMEOUT: Words(text("Request timeout, seconds"), None, Control.NUMBER),
    Field.AUTOSCALER: Words(text("Autoscaler"), text("Standard mode only."), Control.CHOICE),
    Field.CONCURRENCY: Words(text("Concurrent requests"), text("Knative mode only, per replica; 0 means no limit."), Control.NUMBER),
    Field.EXPLAINER: Words(text("Explainer image"), text("A container that explains predictions. Empty means none.")),
    Field.LOGGER_URL: Words(text("Log requests to"), text("An address that gets each request and answer as a CloudEvent. Empty means none.")),
    Field.LOGGER_MODE: Words(text("Logged"), None, Control.CHOICE),
    Field.BATCH_SIZE: Words(text("Maximum batch size"), text("Requests are collected into batches before the model sees them. Empty means none."), Control.NUMBER),
    Field.BATCH_LATENCY: Words(text("Maximum batch delay, ms"), None, Control.NUMBER),
    Field.TRACING: Words(text("Tracing"), text("Sends traces to http://otel-collector:4317 and samples 5 %, unless the YAML says otherwise."), Control.CHOICE),
    Field.TRACING_ENDPOINT: Words(text("Tracing endpoint"), text("Address of an OpenTelemetry collector.")),
    Field.PULL_SECRETS: Words(text("Image pull Secrets"), text("Names, one on each line."), Control.LINES),
    Field.NODE_SELECTOR: Words(text("Node selector"), text("Labels that a node must have: key=value, one on each line."), Control.LINES),
    Field.MODEL_NAME: Words(text("Served model name"), text("What clients put into \"model\". Empty means the name of the service.")),
    Field.REPLICAS: Words(text("Replicas"), text("Empty means 1."), Control.NUMBER),
    Field.TENSOR: Words(text("Tensor parallel"), text("GPUs that hold one layer together."), Control.NUMBER),
    Field.PIPELINE: Words(text("Pipeline parallel"), text("Groups of layers; each takes a pod of its own."), Control.NUMBER),
    Field.DATA: Words(text("Data parallel"), None, Control.NUMBER),
    Field.DATA_LOCAL: Words(text("Data parallel on one node"), None, Control.NUMBER),
    Field.EXPERT: Words(text("Expert parallel"), None, Control.CHOICE),
    Field.PREFILL: Words(text("Prefill replicas"), text("Servers of their own that read the prompt. Empty means none."), Control.NUMBER),
    Field.WORKER: Words(text("Workers on other nodes"), text("Each replica gets more pods, as many as its parallelism needs. Needs LeaderWorkerSet."), Control.CHOICE),
    Field.ROUTER: Words(text("Exposed by"), None, Control.CHOICE),
    Field.LORA: Words(text("LoRA adapters"), text("name=address, one on each line."), Control.LINES),
    Field.BASE_REFS: Words(text("Base configurations"), text("Names, one on each line; a later one wins over an earlier one, and the service over all."), Control.LINES),
    Field.GROUP: Words(text("Routing group"), text("Services of one group share the calls by model name.")),
    Field.WEIGHT: Words(text("Weight in the group"), None, Control.NUMBER),
    Field.GRAPH_ROUTER: Words(text("Router type"), None, Control.CHOICE),
    Field.GRAPH_STEPS: Words(text("Steps"), text("A service or node:NAME on each line; in a splitter with =weight, in a switch with =condition. Before it a name of the step with a colon, after it hard or soft, $request or $response."), Control.LINES),
    Field.GRAPH_NODES: Words(text("Other nodes"), text("NAME and router type on a line, below it the steps, each after a space."), Control.LINES),
    Field.ANNOTATIONS: Words(text("Annotations"), text("key=value, one on each line. What the cluster writes is not shown."), Control.LINES),
}  # fmt: skip
WIDE = {
    Field.URI,
    Field.NAME,
    Field.RUNTIME,
    Field.ACCOUNT,
    Field.ARGUMENTS,
    Field.ENVIRONMENT,
    Field.LABELS,
    Field.TRANSFORMER,
    Field.EXPLAINER,
    Field.PULL_SECRETS,
    Field.NODE_SELECTOR,
    Field.ANNOTATIONS,
    Field.SOURCES,
    Field.LORA,
    Field.BASE_REFS,
    Field.ROUTER,
    Field.MODEL_NAME,
    Field.GRAPH_ROUTER,
    Field.GRAPH_STEPS,
    Field.GRAPH_NODES,
}
Groups = tuple[tuple[str, Text, tuple[Field, ...], bool], ...]
_QUANTITIES = (Field.CPU, Field.MEMORY, Field.CPU_LIMIT, Field.MEMORY_LIMIT, Field.GPU)
_OF_SERVICE: Groups = (
    ("model", text("Model"), (Field.URI, Field.NAME, Field.FORMAT, Field.VERSION), False),
    ("access", text("Access to the model"), (Field.ACCOUNT,), False),
    ("runtime", text("Runtime"), (Field.RUNTIME, Field.PROTOCOL, Field.IMAGE), False),
    (
        "scale",
        text("Scale and traffic"),
        (
            Field.MODE,
            Field.MIN_REPLICAS,
            Field.MAX_REPLICAS,
            Field.METRIC,
            Field.TARGET,
            Field.AUTOSCALER,
            Field.CONCURRENCY,
            Field.CANARY,
        ),
        False,
    ),
    (
        "resources",
        text("Resources of each replica"),
        (Field.SIZE, *_QUANTITIES),
        False,
    ),
    (
        "storage",
        text("Other ways to the model"),
        (Field.STORAGE_KEY, Field.STORAGE_PATH, Field.SOURCES),
        True,
    ),
    (
        "more",
        text("More"),
        (
            Field.TRANSFORMER,
            Field.ARGUMENTS,
            Field.ENVIRONMENT,
            Field.LABELS,
            Field.ANNOTATIONS,
            Field.TIMEOUT,
        ),
        True,
    ),
    (
        "observe",
        text("Explainer, logger, batcher and tracing"),
        (
            Field.EXPLAINER,
            Field.LOGGER_URL,
            Field.LOGGER_MODE,
            Field.BATCH_SIZE,
            Field.BATCH_LATENCY,
            Field.TRACING,
            Field.TRACING_ENDPOINT,
        ),
        True,
    ),
    ("place", text("Nodes and images"), (Field.NODE_SELECTOR, Field.PULL_SECRETS), True),
)
_OF_LLM: Groups = (
    ("model", text("Model"), (Field.URI, Field.NAME, Field.MODEL_NAME), False),
    ("access", text("Access to the model"), (Field.ACCOUNT,), False),
    ("runtime", text("Runtime"), (Field.RUNTIME,), False),
    (
        "scale",
        text("Scale and traffic"),
        (
            Field.ROUTER,
            Field.REPLICAS,
            Field.PREFILL,
            Field.AUTOSCALER,
            Field.MIN_REPLICAS,
            Field.MAX_REPLICAS,
        ),
        False,
    ),
    ("resources", text("Resources of each replica"), (Field.SIZE, *_QUANTITIES), False),
    (
        "parallelism",
        text("Parallelism"),
        (Field.TENSOR, Field.PIPELINE, Field.DATA, Field.DATA_LOCAL, Field.EXPERT, Field.WORKER),
        True,
    ),
    (
        "group",
        text("Adapters, group and base"),
        (Field.LORA, Field.GROUP, Field.WEIGHT, Field.BASE_REFS),
        True,
    ),
    ("more", text("More"), (Field.ARGUMENTS, Field.ENVIRONMENT, Field.LABELS), True),
)
_OF_GRAPH: Groups = (
    ("steps", text("Graph"), (Field.NAME, Field.GRAPH_ROUTER, Field.GRAPH_STEPS, Field.GRAPH_NODES), False),
    ("scale", text("Scale and traffic"), (Field.MIN_REPLICAS, Field.MAX_REPLICAS, Field.TIMEOUT), False),
    ("resources", text("Resources of each replica"), (Field.CPU, Field.MEMORY), False),
    ("more", text("More"), (Field.LABELS,), True),
)
GROUPS: Mapping[str, Groups] = {
    INFERENCE_SERVICE.kind: _OF_SERVICE,
    LLM_INFERENCE_SERVICE.kind: _OF_LLM,
    INFERENCE_GRAPH.kind: _OF_GRAPH,
}
Parts = Mapping[str, tuple[Text, tuple[Field, ...]]]
RESTART = "restart"
_LABELS = (text("Labels"), (Field.LABELS,))
_ENVIRONMENT = (text("Environment and arguments"), (Field.ENVIRONMENT, Field.ARGUMENTS))
PARTS: Mapping[str, Parts] = {
    INFERENCE_SERVICE.kind: {
        "replicas": (
            text("Replicas"),
            (Field.MIN_REPLICAS, Field.MAX_REPLICAS, Field.METRIC, Field.TARGET),
        ),
        "resources": (text("Resources"), _QUANTITIES),
        "model": (text("Model address"), (Field.URI, Field.FORMAT, Field.VERSION)),
        "image": (text("Image"), (Field.IMAGE,)),
        "canary": (text("Canary traffic"), (Field.CANARY,)),
        "labels": _LABELS,
        "environment": _ENVIRONMENT,
        RESTART: (text("Restart"), ()),
    },
    LLM_INFERENCE_SERVICE.kind: {
        "replicas": (
            text("Replicas"),
            (Field.REPLICAS, Field.MIN_REPLICAS, Field.MAX_REPLICAS, Field.PREFILL),
        ),
        "resources": (text("Resources"), _QUANTITIES),
        "model": (text("Model address"), (Field.URI, Field.MODEL_NAME)),
        "weight": (text("Routing group"), (Field.GROUP, Field.WEIGHT)),
        "labels": _LABELS,
        "environment": _ENVIRONMENT,
    },
    INFERENCE_GRAPH.kind: {
        "steps": (text("Steps"), (Field.GRAPH_ROUTER, Field.GRAPH_STEPS, Field.GRAPH_NODES)),
        "replicas": (text("Replicas"), (Field.MIN_REPLICAS, Field.MAX_REPLICAS)),
        "labels": _LABELS,
    },
}
"""What can be changed without opening the whole object, by its kind and the name in the address."""
