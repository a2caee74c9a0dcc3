"""Which serving runtime KServe would choose."""

from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.runtime_choice import admit, build, changes

PAGE = LivePage(
    name="runtimes",
    admit=admit,
    keep=each_time(build),
    changes=changes,
    fragments=("freshness", "counts", "notes", "answer", "formats"),
    frame=lambda model: model,
)
