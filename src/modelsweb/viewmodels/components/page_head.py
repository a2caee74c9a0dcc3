"""The head of a page that several root kinds have: that of a service, or of an object of another kind."""

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels.components import object_head, service_head
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.object_head import ObjectHead
from modelsweb.viewmodels.components.service_head import ServiceHead

PageHead = ServiceHead | ObjectHead


def page_head(judged: JudgedService) -> PageHead:
    """The head of a page of any kind that is judged."""
    if judged.seen.kind is INFERENCE_SERVICE:
        return service_head.head(judged)
    return object_head.head(judged)
