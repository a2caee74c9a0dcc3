"""What a serving runtime's page says that it serves."""

from modelsweb.objects.obj import Obj
from modelsweb.viewmodels.components.runtime_overview import ServedFormat, runtime_overview


def test_what_is_written_is_said_and_nothing_else() -> None:
    formats = [{"name": "onnx", "version": "1", "autoSelect": True, "priority": 2}, {"name": "tensorrt"}]
    spec = {
        "supportedModelFormats": formats,
        "protocolVersions": ["v2"],
        "containers": [{"name": "kserve-container", "image": "registry/triton:1"}, {"name": "beside"}],
        "disabled": True,
        "workerSpec": {"size": 2},
    }
    overview = runtime_overview(Obj({"metadata": {"name": "one"}, "spec": spec}))
    assert overview.formats == (
        ServedFormat(name="onnx", version="1", is_auto=True, priority=2),
        ServedFormat(name="tensorrt", version="", is_auto=False, priority=None),
    )
    assert (overview.protocols, overview.images) == (("v2",), ("registry/triton:1",))
    assert (overview.is_disabled, overview.is_multi_model, overview.has_workers) == (True, False, True)


def test_a_runtime_that_says_nothing_serves_nothing() -> None:
    overview = runtime_overview(
        Obj({"metadata": {"name": "one"}, "spec": {"supportedModelFormats": "wrong"}})
    )
    assert (overview.formats, overview.protocols, overview.images) == ((), (), ())
