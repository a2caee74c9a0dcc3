"""``status.modelStatus``: what KServe concludes from the predictor's newest pod."""

from collections.abc import Mapping, Sequence
from typing import Any

from modelsweb.demo.simulator import machinery
from modelsweb.demo.simulator.machinery import Object


def compute(
    *, before: Mapping[str, Any], pods: Sequence[Object], is_ready: bool, has_failed_child: bool
) -> dict[str, Any]:
    """The new modelStatus. ``is_ready`` is the state before this write, as the real controller has it."""
    copies: dict[str, Any] = {"failedCopies": 0}
    if ready := sum(map(machinery.is_ready, pods)):
        copies["totalCopies"] = ready
    active = (before.get("states") or {}).get("activeModelState", "")
    last = before.get("lastFailureInfo")
    if is_ready and not pods:
        return _status(copies, active, target="Pending", transition="InProgress", failure=last)
    if not pods:
        if has_failed_child:
            return _status(
                copies, active, target="FailedToLoad", transition="BlockedByFailedLoad", failure=last
            )
        return _status(copies, active, target="Pending", transition="InProgress", failure=last)
    pod = max(
        pods, key=lambda pod: (pod["metadata"]["creationTimestamp"], int(pod["metadata"]["resourceVersion"]))
    )
    init = _container(pod, "initContainerStatuses", name="storage-initializer")
    if init is not None:
        if "running" in init["state"]:
            if init.get("lastState"):
                return {**before, "copies": copies}
            return _status(copies, active, target="Loading", transition="InProgress", failure=last)
        if (ended := _failure(init)) is not None:
            return _status(
                copies, active, target="FailedToLoad", transition="BlockedByFailedLoad", failure=_info(ended)
            )
    if is_ready:
        return _status(copies, "Loaded", target="Loaded", transition="UpToDate", failure=last)
    main = _container(pod, "containerStatuses", name="kserve-container")
    if main is not None and (ended := _failure(main)) is not None:
        return _status(
            copies, active, target="FailedToLoad", transition="BlockedByFailedLoad", failure=_info(ended)
        )
    return _status(copies, active, target="Pending", transition="InProgress", failure=last)


def _status(
    copies: dict[str, Any], active: str, *, target: str, transition: str, failure: Mapping[str, Any] | None
) -> dict[str, Any]:
    status: dict[str, Any] = {
        "copies": copies,
        "states": {"activeModelState": active, "targetModelState": target},
        "transitionStatus": transition,
    }
    if failure:
        status["lastFailureInfo"] = dict(failure)  # never cleared: so does the real controller
    return status


def _container(pod: Object, group: str, *, name: str) -> dict[str, Any] | None:
    status = pod.get("status") or {}
    return next((container for container in status.get(group) or () if container["name"] == name), None)


def _failure(container: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """How the container ended, where that counts as a failed load. A first OOMKilled does not, a back-off does."""
    terminated = container["state"].get("terminated")
    if terminated and terminated.get("reason") == "Error":
        return dict(terminated)
    if (container["state"].get("waiting") or {}).get("reason") == "CrashLoopBackOff":
        return dict((container.get("lastState") or {}).get("terminated") or {})
    return None


def _info(terminated: Mapping[str, Any]) -> dict[str, Any]:
    info: dict[str, Any] = {"exitCode": terminated.get("exitCode", 1), "reason": "ModelLoadFailed"}
    if terminated.get("message"):
        info["message"] = terminated["message"]
    return info
