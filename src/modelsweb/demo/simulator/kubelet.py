"""The kubelet of the demo cluster: the life of a pod, from the first pull to the last signal, with its logs.

One task a pod. Times are those of the recordings, at the cluster's pace: a pull takes a second, a download two, a
model is loaded in three. Failures come from ``faults``; a container that ended is started again after a back-off that
doubles from ten seconds to five minutes.
"""

import asyncio
import copy
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from modelsweb import errors
from modelsweb.demo.apiserver.logs import LogBook
from modelsweb.demo.simulator import faults, kinds
from modelsweb.demo.simulator.components import SERVICE_LABEL, SOURCE_URI
from modelsweb.demo.simulator.conditions import plain
from modelsweb.demo.simulator.machinery import Cluster, Controller, Key, Object
from modelsweb.objects.kind import Kind

log = logging.getLogger(__name__)

_SANDBOX_SECONDS, _PULL_SECONDS, _DOWNLOAD_SECONDS, _LOAD_SECONDS, _PROXY_SECONDS = 0.8, 1.0, 2.0, 3.0, 2.0
_OOM_SECONDS, _RESTART_SECONDS, _STOP_SECONDS, _GONE_SECONDS = 4.0, 1.2, 1.5, 0.5
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 10, 300
_REQUEST_SECONDS = 5.0
_QUEUE_PROXY = "queue-proxy"
_ORDER = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


class Kubelet(Controller):
    """Runs the pods of all nodes."""

    watches = (kinds.POD,)

    def __init__(self, cluster: Cluster, logs: LogBook) -> None:
        super().__init__(cluster)
        self._logs = logs
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """Pods that have a node; the key is enough, what happens is in the task."""
        if obj["spec"].get("nodeName"):
            yield obj["metadata"]["namespace"], obj["metadata"]["name"]

    async def run(self) -> None:
        """Takes pods in turn; their lives run beside."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            await super().run()

    async def reconcile(self, key: Key) -> float | None:
        """Starts a pod's life, or its end."""
        pod = self.cluster.get(kinds.POD, *key)
        group = self._group
        assert group is not None
        for uid, task in [*self._lives.items()]:
            if task.done():
                del self._lives[uid]
        if pod is None:
            return None
        uid = pod["metadata"]["uid"]
        life = PodLife(self.cluster, self._logs, pod=pod)
        if "deletionTimestamp" in pod["metadata"]:
            if uid in self._lives:
                self._lives.pop(uid).cancel()
            name = f"end of {uid}"
            if name not in self._lives:
                self._lives[name] = group.create_task(life.end())
        elif uid not in self._lives and "startTime" not in pod["status"]:
            self._lives[uid] = group.create_task(life.live())
        return None


class PodLife:
    """What happens to one pod."""

    def __init__(self, cluster: Cluster, logs: LogBook, *, pod: Object) -> None:
        self._cluster = cluster
        self._logs = logs
        self._key = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        self._uid: str = pod["metadata"]["uid"]
        self._node: str = pod["spec"]["nodeName"]
        self._spec: dict[str, Any] = pod["spec"]
        annotations = pod["metadata"].get("annotations") or {}
        self._uri: str = annotations.get(SOURCE_URI, "")
        self._is_model = SERVICE_LABEL in (pod["metadata"].get("labels") or {})
        self._service: str = (pod["metadata"].get("labels") or {}).get(SERVICE_LABEL, self._key[1])
        self._main: dict[str, Any] = pod["spec"]["containers"][0]

    async def live(self) -> None:
        """From scheduled to ready, and on, until cancelled."""
        try:
            await self._begin()
            if self._spec.get("initContainers"):
                await self._initialize()
            if await self._pull(self._main, "containers"):
                await self._serve()
        except errors.NotFoundError:
            return
        except errors.ModelswebError as error:  # one pod stands still; the others go on
            log.warning("pod %s/%s: %s", *self._key, error.message)

    async def end(self) -> None:
        """Graceful: the containers end, then the object goes."""
        pod = self._cluster.get(kinds.POD, *self._key)
        if pod is None or pod["metadata"]["uid"] != self._uid:
            return
        try:
            running = [
                container["name"]
                for container in pod["status"].get("containerStatuses") or ()
                if "running" in container["state"]
            ]
            for name in running:
                await self._event(
                    "Normal",
                    "Killing",
                    message=f"Stopping container {name}",
                    container=name,
                    group="containers",
                )
            if running:
                await self._sleep(_STOP_SECONDS)
                await self._write(lambda status: self._stop(status, running))
            await self._sleep(_GONE_SECONDS)
            self._logs.forget(self._uid)
            await self._cluster.client.delete(
                kinds.POD, namespace=self._key[0], name=self._key[1], grace_seconds=0, uid=self._uid
            )
        except (errors.NotFoundError, errors.ConflictError):
            return
        except errors.ModelswebError as error:
            log.warning("end of pod %s/%s: %s", *self._key, error.message)

    # -- stages -------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        waiting = "PodInitializing" if self._spec.get("initContainers") else "ContainerCreating"

        def begin(status: dict[str, Any]) -> None:
            address = f"10.20.0.{_byte(self._node)}"
            status |= {"hostIP": address, "hostIPs": [{"ip": address}], "startTime": self._cluster.now()}
            for group, field in (
                ("initContainers", "initContainerStatuses"),
                ("containers", "containerStatuses"),
            ):
                if self._spec.get(group):
                    status[field] = [_waiting(container, waiting) for container in self._spec[group]]
            self._condition(status, "PodReadyToStartContainers", sandbox="False")

        await self._write(begin)
        await self._sleep(_SANDBOX_SECONDS)

        def sandbox(status: dict[str, Any]) -> None:
            address = f"10.244.{_byte(self._node)}.{_byte(self._uid)}"
            status |= {"podIP": address, "podIPs": [{"ip": address}]}
            self._condition(status, "PodReadyToStartContainers", sandbox="True")

        await self._write(sandbox)

    async def _initialize(self) -> None:
        """One after the other; those that are always restarted run on beside the rest."""
        for container in self._spec["initContainers"]:
            await self._pull(container, "initContainers")
            if container.get("restartPolicy") == "Always":
                await self._run_on(container)
            else:
                await self._download(container)

    async def _run_on(self, container: dict[str, Any]) -> None:
        await self._start(container, "initContainers", restarts=0)
        await self._write(lambda status: self._say_ready(status, [container["name"]]))

    async def _download(self, container: dict[str, Any]) -> None:
        restarts = 0
        while True:
            lines, succeeds = faults.download_log(self._uri)
            await self._start(container, "initContainers", restarts=restarts)
            await self._print(container["name"], lines, seconds=_DOWNLOAD_SECONDS)
            message = "" if succeeds else "\n".join(lines) + "\n"
            await self._finish(
                container, 0 if succeeds else 1, reason="Completed" if succeeds else "Error", message=message
            )
            if succeeds:
                return
            restarts = await self._back_off(container, "initContainers", restarts=restarts)

    async def _pull(self, container: dict[str, Any], group: str) -> bool:
        image, name = container["image"], container["name"]
        problem = faults.image_error(image)
        pause = _FIRST_BACK_OFF
        while True:
            await self._event(
                "Normal", "Pulling", message=f'Pulling image "{image}"', container=name, group=group
            )
            await self._sleep(_PULL_SECONDS)
            if problem is None:
                size = 400_000_000 + _byte(image) * 100_003
                text = f'Successfully pulled image "{image}" in 1.000s (1.000s including waiting). Image size: {size} bytes.'
                await self._event("Normal", "Pulled", message=text, container=name, group=group)
                return True
            await self._event(
                "Warning",
                "Failed",
                message=f'Failed to pull image "{image}": {problem}',
                container=name,
                group=group,
            )
            await self._event("Warning", "Failed", message="Error: ErrImagePull", container=name, group=group)
            await self._wait_in(container, "ErrImagePull", message=problem)
            await self._sleep(_PROXY_SECONDS)
            await self._event(
                "Normal", "BackOff", message=f'Back-off pulling image "{image}"', container=name, group=group
            )
            await self._event(
                "Warning", "Failed", message="Error: ImagePullBackOff", container=name, group=group
            )
            await self._wait_in(
                container,
                "ImagePullBackOff",
                message=f'Back-off pulling image "{image}": ErrImagePull: {problem}',
            )
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_BACK_OFF)

    async def _serve(self) -> None:
        restarts = 0
        while True:
            lines, loads = faults.load_log(self._service, self._uri)
            oom = faults.is_killed_for_memory(self._uri, self._main)
            await self._start(self._main, "containers", restarts=restarts)
            for proxy in self._spec["containers"][1:]:
                if restarts == 0:
                    await self._serve_beside(proxy)
            if loads and not oom:
                await self._print(self._main["name"], lines, seconds=_LOAD_SECONDS)
                await self._become_ready()
                return await self._answer_requests()
            await self._print(
                self._main["name"],
                lines if not loads else lines[:2],
                seconds=_OOM_SECONDS if oom else _LOAD_SECONDS,
            )
            reads_log = self._main.get("terminationMessagePolicy") == "FallbackToLogsOnError"
            message = "\n".join(lines) if reads_log and not loads else ""
            await self._finish(
                self._main, 137 if oom else 1, reason="OOMKilled" if oom else "Error", message=message
            )
            restarts = await self._back_off(self._main, "containers", restarts=restarts)

    async def _serve_beside(self, container: dict[str, Any]) -> None:
        """Starts a container that stands beside the server; Knative's is on every node already."""
        name = container["name"]
        if name == _QUEUE_PROXY:
            text = f'Container image "{container["image"]}" already present on machine'
            await self._event("Normal", "Pulled", message=text, container=name, group="containers")
        else:
            await self._pull(container, "containers")
        await self._start(container, "containers", restarts=0)
        if name == _QUEUE_PROXY:
            line = '{"severity":"INFO","logger":"queueproxy","message":"Starting queue-proxy"}'
            self._logs.write(self._uid, name, text=line)

    async def _back_off(self, container: dict[str, Any], group: str, *, restarts: int) -> int:
        name = container["name"]
        await self._sleep(_RESTART_SECONDS)
        if restarts > 0:
            pause = min(_FIRST_BACK_OFF * 2 ** (restarts - 1), _LONGEST_BACK_OFF)
            pod = f"{self._key[1]}_{self._key[0]}({self._uid})"
            text = f"Back-off restarting failed container {name} in pod {pod}"
            await self._event("Warning", "BackOff", message=text, container=name, group=group)
            written = f"{pause // 60}m{pause % 60}s" if pause >= 60 else f"{pause}s"
            text = f"back-off {written} restarting failed container={name} pod={pod}"
            await self._wait_in(container, "CrashLoopBackOff", message=text)
            await self._sleep(pause)
        text = f'Container image "{container["image"]}" already present on machine'
        await self._event("Normal", "Pulled", message=text, container=name, group=group)
        return restarts + 1

    async def _become_ready(self) -> None:
        """Knative's proxy asks the others, so it comes last."""
        names = [container["name"] for container in self._spec["containers"]]
        others = [name for name in names if name != _QUEUE_PROXY]
        await self._write(lambda status: self._say_ready(status, others))
        if len(others) < len(names):
            await self._sleep(_PROXY_SECONDS)
            await self._write(lambda status: self._say_ready(status, names))

    async def _answer_requests(self) -> None:
        number = 0
        while True:
            line = f'INFO:     10.244.1.1:0 - "GET /v1/models HTTP/1.1" 200 OK #{number}'
            self._say(self._main["name"], line)
            number += 1
            await self._sleep(_REQUEST_SECONDS)

    # -- steps --------------------------------------------------------------------------------------------------

    async def _start(self, container: dict[str, Any], group: str, *, restarts: int) -> None:
        name = container["name"]
        self._logs.start(self._uid, name)
        await self._event(
            "Normal", "Created", message=f"Created container: {name}", container=name, group=group
        )
        await self._event(
            "Normal", "Started", message=f"Started container {name}", container=name, group=group
        )

        def start(status: dict[str, Any]) -> None:
            found = self._status_of(status, name)
            if restarts and not found["state"].get("waiting"):
                found["lastState"] = found["state"]
            image = faults.image_name(container["image"])
            digest = hashlib.sha256(image.encode()).hexdigest()
            found |= {
                "state": {"running": {"startedAt": self._cluster.now()}},
                "restartCount": restarts,
                "image": image,
                "imageID": f"{image.partition('@')[0].rpartition(':')[0] or image}@sha256:{digest}",
                "containerID": f"containerd://{secrets.token_hex(32)}",
                "started": group == "containers",
            }
            if name == self._spec["containers"][-1]["name"] and group == "containers":
                status["phase"] = "Running"
            self._readiness(status)

        await self._write(start)

    async def _finish(self, container: dict[str, Any], code: int, *, reason: str, message: str) -> None:
        name = container["name"]
        self._logs.end(self._uid, name)

        def finish(status: dict[str, Any]) -> None:
            found = self._status_of(status, name)
            ended: dict[str, Any] = {
                "exitCode": code,
                "reason": reason,
                "startedAt": found["state"].get("running", {}).get("startedAt", self._cluster.now()),
                "finishedAt": self._cluster.now(),
                "containerID": found.get("containerID", ""),
            }
            if message:
                ended["message"] = message
            found |= {"state": {"terminated": ended}, "ready": code == 0, "started": False}
            self._readiness(status)

        await self._write(finish)

    async def _wait_in(self, container: dict[str, Any], reason: str, *, message: str) -> None:
        def wait(status: dict[str, Any]) -> None:
            found = self._status_of(status, container["name"])
            if "terminated" in found["state"]:
                found["lastState"] = found["state"]
            found["state"] = {"waiting": {"reason": reason, "message": message}}

        await self._write(wait)

    def _say(self, container: str, line: str) -> None:
        """A model server's line; what other pods do is not ours to say."""
        if self._is_model:
            self._logs.write(self._uid, container, text=line)

    async def _print(self, container: str, lines: list[str], *, seconds: float) -> None:
        for line in lines:
            self._say(container, line)
            await self._sleep(seconds / len(lines))

    def _say_ready(self, status: dict[str, Any], names: list[str]) -> None:
        for name in names:
            self._status_of(status, name)["ready"] = True
        self._readiness(status)

    def _stop(self, status: dict[str, Any], names: list[str]) -> None:
        for name in names:
            self._stop_container(self._status_of(status, name))
        self._readiness(status)

    def _stop_container(self, container: dict[str, Any]) -> None:
        ended = {
            "exitCode": 0,
            "reason": "Completed",
            "startedAt": container["state"].get("running", {}).get("startedAt", self._cluster.now()),
            "finishedAt": self._cluster.now(),
            "containerID": container.get("containerID", ""),
        }
        container |= {"state": {"terminated": ended}, "ready": False, "started": False}

    # -- status -------------------------------------------------------------------------------------------------

    async def _write(self, change: Callable[[dict[str, Any]], Any]) -> None:
        """Changes the pod's status; tries again where somebody else changed the pod meanwhile."""
        while True:
            pod = self._cluster.get(kinds.POD, *self._key)
            if pod is None or pod["metadata"]["uid"] != self._uid:
                raise errors.NotFoundError("the pod is gone")
            status = copy.deepcopy(pod["status"])
            change(status)
            try:
                await self._cluster.write_status(kinds.POD, pod, status=status)
            except errors.ConflictError:
                await asyncio.sleep(0.02)
            else:
                return

    def _status_of(self, status: dict[str, Any], name: str) -> dict[str, Any]:
        everything = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
        found: dict[str, Any] = next(container for container in everything if container["name"] == name)
        return found

    def _readiness(self, status: dict[str, Any]) -> None:
        self._condition(status, "PodReadyToStartContainers", sandbox="True")

    def _condition(self, status: dict[str, Any], sandbox_type: str, *, sandbox: str) -> None:
        init = [c["name"] for c in status.get("initContainerStatuses") or () if not c["ready"]]
        unready = [c["name"] for c in status.get("containerStatuses") or () if not c["ready"]]
        wanted: dict[str, dict[str, Any]] = {
            sandbox_type: {"status": sandbox},
            "Initialized": {"status": "True"},
            "Ready": {"status": "True"},
            "ContainersReady": {"status": "True"},
            "PodScheduled": {"status": "True"},
        }
        if init:
            text = f"containers with incomplete status: [{' '.join(init)}]"
            wanted["Initialized"] = {"status": "False", "reason": "ContainersNotInitialized", "message": text}
        if unready:
            text = f"containers with unready status: [{' '.join(unready)}]"
            for type_ in ("Ready", "ContainersReady"):
                wanted[type_] = {"status": "False", "reason": "ContainersNotReady", "message": text}
        conditions = [{"type": type_, "lastProbeTime": None, **wanted[type_]} for type_ in _ORDER]
        status["conditions"] = plain(status.get("conditions") or (), conditions, now=self._cluster.now())

    async def _event(self, type_: str, reason: str, *, message: str, container: str, group: str) -> None:
        pod = self._cluster.get(kinds.POD, *self._key)
        if pod is not None:
            path = f"spec.{group}{{{container}}}"
            await self._cluster.event(
                pod,
                type_,
                reason=reason,
                message=message,
                component="kubelet",
                host=self._node,
                field_path=path,
            )

    async def _sleep(self, seconds: float) -> None:
        await self._cluster.pace.sleep(seconds)


def _waiting(container: dict[str, Any], reason: str) -> dict[str, Any]:
    return {
        "name": container["name"],
        "state": {"waiting": {"reason": reason}},
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "image": container["image"],
        "imageID": "",
        "started": False,
    }


def _byte(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0] % 250 + 2
