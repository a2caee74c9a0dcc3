"""Two LoRA adapters are downloaded into one folder, and each is served as whichever came last: KServe reports the service as
ready. https://github.com/kserve/kserve/blob/master/pkg/controller/v1alpha2/llmisvc/lora.go"""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, Remedy, Rule, on_service
from modelsweb.kinds import LLM_INFERENCE_SERVICE
from modelsweb.text import text
from modelsweb.topology.llm_service import adapters_in_one_folder
from modelsweb.topology.pod import LLM_MAIN
from modelsweb.topology.service_snapshot import ServiceSnapshot


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    if not snapshot.ready_pods(LLM_MAIN):
        return  # it hinders no start
    specs = [one.mapping("spec") for one in snapshot.pods]
    specs += [one.mapping("spec", "template", "spec") for one in snapshot.deployments]
    for folder, uris in adapters_in_one_folder(specs):
        sentence = text(
            "Two LoRA adapters are downloaded into one folder, {folder}: {addresses}. Both names serve whichever came last.",
            folder=folder,
            addresses=", ".join(uris),
        )
        yield on_service(snapshot, sentence, field="spec.model.lora.adapters", component="main")


RULE = Rule(
    id="llm-adapters-collide",
    rank=145,
    roots=(LLM_INFERENCE_SERVICE,),
    summary=text("Two LoRA adapters of an LLM service are downloaded into one folder."),
    check=_check,
    remedy=Remedy(text("Give the adapters names that differ in more than / and -.")),
)
