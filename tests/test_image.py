"""What the image runs, by the commands of its Containerfile, in a clean folder: nothing of the checkout is needed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from shlex import quote

import pytest

from tests.waiting import LIMIT

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment, installed from what the Containerfile copies."""
    source = tmp_path_factory.mktemp("source")
    text = (ROOT / "Containerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        *names, target = line.split()
        for name in names:
            place = source / target
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, source / name)
    environment = tmp_path_factory.mktemp("app") / "env"
    script = " && ".join(re.findall(r"^RUN (.+)$", text, re.MULTILINE))
    assert script.count("--require-hashes") == script.count("--no-build-isolation") == 1
    script = script.replace(
        "python -m venv /app", f"{quote(sys.executable)} -m venv {quote(str(environment))}"
    )
    script = script.replace("/app/bin/", f"{quote(str(environment))}/bin/")
    subprocess.run(["bash", "-ec", script], cwd=source, check=True, capture_output=True, timeout=LIMIT)
    shutil.rmtree(source)
    return environment / "bin"


def run(installed: Path, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], **settings}
    command = [str(installed / "modelsweb"), *arguments]
    return subprocess.run(
        command, cwd="/", env=environment, check=False, capture_output=True, text=True, timeout=LIMIT
    )


def test_the_command_is_there_with_its_files(installed: Path) -> None:
    assert run(installed, "--version").stdout.startswith("modelsweb ")
    assert "kind: ClusterRole" in run(installed, "rbac").stdout
    script = (
        "from importlib import resources; web = resources.files('modelsweb.web'); "
        "assert (web / 'static' / 'dist' / 'manifest.json').is_file(); "
        "assert (web / 'locale' / 'zh_Hans' / 'LC_MESSAGES' / 'modelsweb.mo').is_file(); "
        "from modelsweb import wiring"
    )
    found = subprocess.run(
        [str(installed / "python"), "-c", script], cwd="/", check=False, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr


def test_in_a_pod_without_an_account_it_says_so(installed: Path) -> None:
    found = run(installed, "serve", KUBERNETES_SERVICE_HOST="127.0.0.1", KUBERNETES_SERVICE_PORT="1")
    assert found.returncode == 1
    assert "Traceback" not in found.stderr
    assert "serviceaccount" in found.stderr
