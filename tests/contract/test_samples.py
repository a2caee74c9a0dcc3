"""YAML that real users paste, through the create page's own endpoint, on the real control plane.

Each valid file is created whole; each stale or broken one is refused with words that name what is wrong. The table is
printed (``pytest -s``). The samples stay outside the project; without them there is nothing to test, which is said.
"""

import html
import re
from pathlib import Path

import pytest

from modelsweb.config import AuthConfig, Config, WebConfig
from tests.contract.cluster import Cluster, contract
from tests.running import running_app, text_of

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "samples"
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(is_disabled=True))

# Every file that must be refused, and words that the answer must have. All others must be created.
REFUSED: dict[str, str] = {}


async def _submit(cluster: Cluster, yaml: str) -> tuple[int, str]:
    async with running_app(CONFIG, connection=cluster.connection) as app, app.person(None) as anybody:
        reply = await anybody.post(f"/n/{cluster.namespace}/create", {"yaml": yaml})
    words = text_of(html.unescape(reply.text))
    report = words.partition("in " + cluster.namespace)[2].partition("YAML, one or more documents")[0]
    return reply.status, re.sub(r"\s+", " ", report.replace(cluster.namespace, "NS")).strip()


@pytest.mark.real
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
async def test_every_sample_is_created_or_refused_with_its_reason() -> None:
    wrong = []
    print(f"\n{'file':<100} outcome")
    for path in sorted(SAMPLES.glob("*.yaml")):
        async with contract("real") as cluster:
            status, report = await _submit(cluster, path.read_text())
        expected = REFUSED.get(path.name)
        print(f"{path.name[:98]:<100} {'created' if status == 200 else 'refused: ' + report[:160]}")
        assert status < 500, (path.name, report)
        if (status == 200) != (expected is None) or (expected and expected not in report):
            wrong.append(f"{path.name}: {status} {report[:300]}")
    assert wrong == []
