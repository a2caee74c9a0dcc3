"""Runs one part of the tests: ``python -m tools.suite PART [PYTEST'S OPTIONS]``; without a part, tells what all came to.

What fails is run once more, alone: a test that passes then is unsteady, and is named at the end until somebody mends it.
More than three of them, or one that fails again, fail the part.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

RESULTS = Path("build/tests")
MAX_UNSTEADY = 3
SLOWEST = 20
_CACHE = Path(".pytest_cache")


def run(part: str, options: Sequence[str]) -> int:
    """Runs a part; the exit code is pytest's."""
    cache, started = _CACHE / part, time.monotonic()
    shutil.rmtree(cache, ignore_errors=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    base = [*options, "-o", f"cache_dir={cache}"]
    code = _pytest([*base, f"--junitxml={RESULTS / part}.xml"])
    failed: list[str] = []
    if code == pytest.ExitCode.TESTS_FAILED:
        failed = sorted(json.loads((cache / "v" / "cache" / "lastfailed").read_text()))
        if len(failed) <= MAX_UNSTEADY:
            print(f"\nOnce more, alone: {', '.join(failed)}", flush=True)
            code = _pytest([*base, "--last-failed", "--last-failed-no-failures=none", "-n", "0"])
    result = {"seconds": time.monotonic() - started, "failed": failed, "passed": code == 0}
    (RESULTS / f"{part}.json").write_text(json.dumps(result))
    return code


def _pytest(options: Sequence[str]) -> int:
    """In a process of its own: a second run in the same one would meet modules that the first has changed."""
    return subprocess.run([sys.executable, "-m", "pytest", *options], check=False).returncode


def summary() -> str:
    """The slowest tests, how long each part took, and the tests that failed at first."""
    lines = [f"The {SLOWEST} slowest tests:"]
    tests = [
        (float(case.get("time") or 0), f"{path.stem}: {case.get('classname')}::{case.get('name')}")
        for path in RESULTS.glob("*.xml")
        for case in ET.parse(path).iter("testcase")
    ]
    lines += [f"  {seconds:6.1f} s  {name}" for seconds, name in sorted(tests, reverse=True)[:SLOWEST]]
    parts = {path.stem: json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))}
    lines.append("The parts of the tests:")
    lines += [f"  {result['seconds']:6.0f} s  {part}" for part, result in parts.items()]
    unsteady = [
        f"  {part}: {test}" for part, result in parts.items() for test in result["failed"] if result["passed"]
    ]
    lines += ["Unsteady, passed when run once more:", *(unsteady or ["  none"])]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(run(sys.argv[1], sys.argv[2:]))
    print(summary())
