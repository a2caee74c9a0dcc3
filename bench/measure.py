"""What processes cost: CPU time, resident memory; and tables of results."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from tests.controlplane.plane import KUBECONFIG, RUN

from bench.cluster import USER

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mb(pid: int) -> float:
    """Resident memory in MB (10⁶ bytes)."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6


APP_CORE, OTHER_CORE = 0, 1


def keep_apart() -> None:
    """This process, and all that it starts but the app, runs on one core, and the app on the other, where there are two."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {OTHER_CORE})


def give_way(pids: Iterable[int]) -> None:
    """Lets processes, with all their threads, run only where nobody else wants the cores."""
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), 19)


@dataclass
class App:
    """``modelsweb serve`` in its own process."""

    pid: int
    port: int
    log_path: Path

    def log(self) -> str:
        """What it has logged so far."""
        return self.log_path.read_text()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """Who asks."""
        return {"kubeflow-userid": USER}


@contextlib.contextmanager
def app(server: str = "", *, is_limited: bool = False, kubeconfig: Path | None = None) -> Iterator[App]:
    """The app on the control plane, ready; ``server`` is another address of it, such as a proxy's, and ``kubeconfig`` leads to
    another API server.

    All viewers are one user, for whom nothing is limited unless ``is_limited``: then as for everybody.
    """
    limits = ("REQUESTS_PER_SECOND", "WORK_PER_SECOND", "WRITES_PER_MINUTE", "MAX_REQUESTS")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KUBECONFIG": str(kubeconfig or (_kubeconfig(server) if server else KUBECONFIG)),
        "APP_PREFIX": "/",
        "APP_SECURE_COOKIES": "False",
        "MODELSWEB_WEB_MAX_STREAMS": "10000",
        **({} if is_limited else {f"MODELSWEB_WEB_{limit}": "0" for limit in limits}),
        "MODELSWEB_WEB_PORT": str(port),
    }
    with tempfile.NamedTemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "modelsweb", "serve"], env=environment, stdout=log, stderr=log
        )
        if os.sched_getaffinity(0) == {OTHER_CORE}:
            os.sched_setaffinity(process.pid, {APP_CORE})
        try:
            _until_ready(port, process)
            yield App(process.pid, port, Path(log.name))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=15)


def _kubeconfig(server: str) -> Path:
    config = yaml.safe_load(KUBECONFIG.read_text())
    config["clusters"][0]["cluster"]["server"] = server
    path = RUN / "kubeconfig-by-proxy"
    path.write_text(yaml.safe_dump(config))
    return path


def _until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/readiness", timeout=5) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("the app did not get ready")


@dataclass
class Report:
    """Results, each with its limit where it has one."""

    missed: int = 0
    _lines: list[str] = field(default_factory=list)

    def add(
        self,
        what: str,
        value: float,
        unit: str,
        *,
        maximum: float | None = None,
        minimum: float | None = None,
        reference: float | None = None,
        times: float = 0,
    ) -> None:
        """One figure; printed at once. It meets its limit, or is so many times a reference of the same run at most: machines
        are noisy."""
        is_good = (maximum is None or value <= maximum) and (minimum is None or value >= minimum)
        limit = f"≤ {maximum:g}" if maximum is not None else f"≥ {minimum:g}" if minimum is not None else ""
        verdict = "" if maximum is None and minimum is None else "ok" if is_good else "MISSED"
        if reference is not None:
            ratio = value / max(reference, 1e-9)
            verdict += f"  (reference {reference:.2f}, {ratio:.1f}x, limit {times:g}x)"
            if not is_good and ratio <= times:
                is_good, verdict = True, verdict.replace("MISSED", "ok by ratio")
        self.missed += not is_good
        line = f"{what:62} {value:10.2f} {unit:5} {limit:10} {verdict}"
        self._lines.append(line)
        print(line, flush=True)

    def heading(self, text: str) -> None:
        """A line between groups."""
        self._lines.append(f"\n{text}")
        print(f"\n{text}", flush=True)

    def end(self) -> int:
        """The exit status; all figures once more, together."""
        print("\n" + "=" * 96 + "\n" + "\n".join(self._lines), flush=True)
        print(f"\n{self.missed} figures missed." if self.missed else "\nAll figures are met.")
        return 1 if self.missed else 0


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
