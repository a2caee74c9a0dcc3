"""The simulator against the real controllers: same objects, names, labels, owners, words and order.

Each scenario that both know is played on the demo cluster and compared with its recording. The simulator may pass
over a state that the real controllers show for a moment, but what it shows must be in the recorded order, and it must
end where they do. Every other difference has to be explained below, and an explanation that explains nothing any more
fails as well. ``pytest -s`` prints the table.
"""

import re
from dataclasses import dataclass, field

import pytest
from tests.demo.recordings import Story, recorded, simulated, story

SCENARIOS = {
    # Seconds of the recording that count, and what is done once the service is ready.
    "standard-sklearn-ready": (12, ""),
    "standard-transformer-ready": (12, ""),
    "standard-storage-initializer-failed": (18, ""),
    "standard-image-pull-backoff": (18, ""),
    "standard-oomkilled": (18, ""),
    "standard-unschedulable-gpu": (6, ""),
    "no-runtime-for-format": (6, ""),
    "stopped-service": (15, "stop"),
    "foreground-deletion": (20, "delete"),
    "serverless-sklearn-ready": (12, ""),
    "llm-plain-ready": (40, ""),
    "llm-worker-without-leaderworkerset": (30, ""),
    "graph-of-each-router": (20, ""),
    "trainedmodel": (20, ""),
    "trainedmodel-parents": (20, ""),
    "llm-prefill-decode": (45, ""),
    "llm-group-two-members-weights": (14.6, ""),
}

UNFINISHED = {"graph-of-each-router": "nested"}
"""The object that is on its way still when the recording ends."""

EXPLAINED: dict[str, str] = {
    r"(Predictor|Transformer)Ready: .* simulated .*Unknown NewReplicaSetCreated": (
        "Two controllers race for the first status; the recording of standard-image-pull-backoff has this order."
    ),
    r"owners services/.* recorded \['ServerlessService/": (
        "Knative's internal ServerlessService is not simulated; its Services belong to the Revision."
    ),
    r"conditions deployments/.* Available: .*'False Min.*', 'True Min.*', 'False Min.*'\], simulated": (
        "The simulated Deployment controller does not report on what is being deleted."
    ),
    r"annotations pods/(opt-125m|qwen|chat-v.)-.*storage-initializer-sourceuri": (
        "The simulated kubelet reads there what a pod downloads; of LLM services the real one has arguments for it."
    ),
    r"states inferenceservices/model-[ab] modelStatus: .*simulated .*InProgress//Loading": (
        "The recorded models were loaded before the controller looked a second time."
    ),
    r"conditions trainedmodels/in-plain-service InferenceServiceReady: recorded \['False": (
        "The real controller looks again only later at a model whose server holds no others."
    ),
    r"object only simulated: servingruntimes/": ("Runtimes were not watched by the recorder."),
    r"annotations horizontalpodautoscalers/.*'serving.kserve.io/stop': 'true'": (
        "The real controller hands the annotation to the autoscaler a moment before it deletes it."
    ),
}


@dataclass
class Comparison:
    """What agrees, what was passed over, and what differs."""

    agreed: int = 0
    passed_over: int = 0
    differences: list[str] = field(default_factory=list)


def compare(wanted: Story, told: Story, *, unfinished: str = "") -> Comparison:
    """The whole comparison. The story of the object called ``unfinished`` may go on after the recording ends."""
    result = Comparison()
    _compare_sets(result, "object", wanted.objects, told.objects)
    later = {one for one in told.events - wanted.events if unfinished and f"/{unfinished} " in one}
    _compare_sets(result, "event", wanted.events, told.events - later)
    for aspect in ("labels", "annotations", "owners", "severities"):
        mine, theirs = getattr(told, aspect), getattr(wanted, aspect)
        for key in sorted(mine.keys() & theirs.keys()):
            _note(result, f"{aspect} {key}", theirs[key], mine[key])
    for aspect in ("conditions", "states"):
        mine, theirs = getattr(told, aspect), getattr(wanted, aspect)
        for key in sorted(mine.keys() | theirs.keys()):
            ahead = theirs.get(key, []) if unfinished and f"/{unfinished}" in key else []
            values = mine.get(key, [])
            shown = values[: len(ahead)] if ahead and values[: len(ahead)] == ahead else values
            _compare_order(result, f"{aspect} {key}", theirs.get(key, []), shown)
    return result


def _compare_sets(result: Comparison, what: str, wanted: set[str], told: set[str]) -> None:
    result.agreed += len(wanted & told)
    result.differences += [f"{what} only recorded: {item}" for item in sorted(wanted - told)]
    result.differences += [f"{what} only simulated: {item}" for item in sorted(told - wanted)]


def _note(result: Comparison, what: str, wanted: object, told: object) -> None:
    if wanted == told:
        result.agreed += 1
    else:
        result.differences.append(f"{what}: recorded {wanted}, simulated {told}")


def _compare_order(result: Comparison, what: str, wanted: list[str], told: list[str]) -> None:
    rest = iter(wanted)
    if told and wanted and all(value in rest for value in told) and told[-1] == wanted[-1]:
        result.agreed += len(told)
        result.passed_over += len(wanted) - len(told)
    else:
        result.differences.append(f"{what}: recorded {wanted}, simulated {told}")


@pytest.fixture(scope="module")
def used() -> set[str]:
    """The explanations that were needed."""
    return set()


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_simulator_tells_the_recorded_story(scenario: str, used: set[str]) -> None:
    seconds, step = SCENARIOS[scenario]
    wanted = story(recorded(scenario, seconds=seconds))
    unfinished = UNFINISHED.get(scenario, "")
    told = story(await simulated(scenario, wanted, step, unfinished=unfinished))
    result = compare(wanted, told, unfinished=unfinished)
    explained: list[str] = []
    unexplained: list[str] = []
    for difference in result.differences:
        pattern = next((pattern for pattern in EXPLAINED if re.search(pattern, difference)), None)
        (explained if pattern else unexplained).append(difference)
        if pattern:
            used.add(pattern)
    print(
        f"\n{scenario}: {result.agreed} agree, {result.passed_over} passing states not shown, "
        f"{len(explained)} explained differences, {len(unexplained)} unexplained"
    )
    for difference in explained:
        print(f"  explained: {difference[:200]}")
    assert unexplained == []


def test_every_explanation_is_still_needed(used: set[str]) -> None:
    assert sorted(EXPLAINED.keys() - used) == []
