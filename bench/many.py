"""What 50,000 services cost: ``python -m bench.many`` (part of ``make bench``). Exits with 1 where a figure is missed."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import measure
from bench.measure import Report, cpu_seconds, resident_mb

SERVICES = 50_000
CHANGES = 3_000
PER_SECOND = 100
_IDLE_SECONDS = 20
_SETTLE_SECONDS = 10


def main() -> int:
    """Runs everything against an API server of its own."""
    report = Report()
    measure.keep_apart()
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        command = [sys.executable, "-m", "bench.synthetic", str(SERVICES), str(kubeconfig)]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            assert server.stdin is not None
            server.stdout.readline()
            report.heading(f"{SERVICES} services, {PER_SECOND} changes a second")
            with measure.app(kubeconfig=kubeconfig) as app:
                time.sleep(_SETTLE_SECONDS)
                report.add("resident memory", resident_mb(app.pid), "MB", maximum=600)
                before = cpu_seconds(app.pid)
                time.sleep(_IDLE_SECONDS)
                idle = (cpu_seconds(app.pid) - before) / _IDLE_SECONDS
                started, before = time.monotonic(), cpu_seconds(app.pid)
                server.stdin.write(json.dumps({"changes": CHANGES, "per_second": PER_SECOND}) + "\n")
                server.stdin.flush()
                server.stdout.readline()
                time.sleep(1)
                took = time.monotonic() - started
                spent = cpu_seconds(app.pid) - before - idle * took
                report.add("CPU of a change", spent / CHANGES * 1000, "ms", maximum=2)
                report.add("resident memory after them", resident_mb(app.pid), "MB", maximum=600)
        finally:
            server.terminate()
            server.wait(timeout=30)
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
