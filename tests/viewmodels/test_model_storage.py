"""Where models come from and where they are kept."""

from datetime import UTC, datetime
from typing import Any

from modelsweb.kinds import LOCAL_MODEL_CACHE, LOCAL_MODEL_NAMESPACE_CACHE
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.objects.obj import Obj
from modelsweb.topology.health import Mood
from modelsweb.viewmodels.model_storage import ModelStorage, StorageQuestion, build, parse

HEALTH = Health(Freshness.LIVE, datetime(2026, 11, 22, tzinfo=UTC))
CONTAINER = Obj({"metadata": {"name": "default"}, "spec": {"supportedUriFormats": [{"prefix": "hf://"}]}})
GROUP = Obj({"metadata": {"name": "gpu"}, "spec": {"storageLimit": "20Gi"}})


def _cache(name: str, size: str, *, namespace: str = "", **nodes: str) -> Obj:
    return Obj(
        {
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"sourceModelUri": f"hf://{name}", "modelSize": size, "nodeGroups": ["gpu"]},
            "status": {
                "nodeStatus": nodes,
                "inferenceServices": [{"name": "a", "namespace": "team"}],
            },
        }
    )


def _page(question: StorageQuestion | None = None, **given: Any) -> ModelStorage:
    caches = (
        (LOCAL_MODEL_NAMESPACE_CACHE, _cache("own", "14Gi", namespace="team", n2="NodeDownloading")),
        (LOCAL_MODEL_CACHE, _cache("all", "14Gi", n1="NodeDownloaded", n3="NodeDownloadError")),
    )
    every: dict[str, Any] = {
        "containers": (CONTAINER,),
        "caches": caches,
        "groups": (GROUP,),
        "refused": (),
        "health": HEALTH,
    }
    return build(question or StorageQuestion(), **{**every, **given})


def test_the_grid_has_every_node_and_a_cell_where_a_cache_is_to_be() -> None:
    page = _page()
    assert page.nodes == ("n1", "n2", "n3")
    [everywhere, own] = page.caches or ()
    assert (everywhere.plural, everywhere.held, everywhere.total, everywhere.users) == (
        "localmodelcaches",
        1,
        2,
        1,
    )
    assert [one.mood if one else None for one in everywhere.cells] == [Mood.GOOD, None, Mood.BAD]
    assert [one.mood if one else None for one in own.cells] == [None, Mood.WAITING, None]


def test_a_group_whose_caches_ask_for_more_than_its_limit_is_told() -> None:
    [group] = _page().groups or ()
    assert (group.asked, group.limit, group.caches, group.is_over) == ("28Gi", "20Gi", 2, True)
    [one] = _page(caches=()).groups or ()
    assert (one.asked, one.is_over) == ("0", False)


def test_an_address_is_answered_by_the_container_that_takes_it() -> None:
    page = _page(parse([("uri", " hf://a ")]))
    assert str(page.answer) == "default takes it, by hf://."
    [row] = page.containers or ()
    assert (row.is_chosen, row.fits, str(row.result)) == (True, "hf://", "Selected")
    none = _page(parse([("uri", "s3://a")]))
    assert str(none.answer).startswith("No storage container takes it.")
    job = _page(parse([("uri", "hf://a"), ("work", "localModelDownloadJob")]))
    assert str(job.answer) == "No storage container takes it: KServe's default image downloads it."
    assert job.question.encoded == "uri=hf%3A%2F%2Fa&work=localModelDownloadJob"
    assert str(_page(parse([("uri", "pvc://claim/m")])).answer).startswith("Nothing is downloaded")
    other = Obj({"metadata": {"name": "other"}, "spec": {"supportedUriFormats": [{"prefix": "hf:"}]}})
    two = _page(parse([("uri", "hf://a")]), containers=(CONTAINER, other))
    assert str(two.answer).startswith("One of default, other takes it")
    broken = Obj({"metadata": {"name": "x"}, "spec": {"supportedUriFormats": [{"regex": "("}]}})
    assert str(_page(parse([("uri", "hf://a")]), containers=(CONTAINER, broken)).answer).startswith("Unknown")
    assert _page().answer is None
    assert (_page().containers or ())[0].result is None


def test_what_may_not_be_listed_is_no_part_of_the_page() -> None:
    page = _page(
        parse([("uri", "hf://a")]),
        containers=None,
        caches=None,
        groups=None,
        refused=("x.serving.kserve.io",),
    )
    assert (page.containers, page.caches, page.groups, page.answer) == (None, None, None, None)
    assert page.refused == ("x.serving.kserve.io",)


def test_a_sum_that_may_lack_caches_is_no_whole_one() -> None:
    [group] = _page(is_whole=False).groups or ()
    assert not group.is_whole


def test_an_address_that_makes_no_sense_asks_nothing() -> None:
    assert parse([("work", "nonsense"), ("uri", "")]) == StorageQuestion()
    assert len(parse([("uri", "x" * 5_000)]).uri) == 2_048
    many = tuple(
        (LOCAL_MODEL_CACHE, _cache(f"c{number}", "1Gi", **{f"n{number}": "x"})) for number in range(300)
    )
    page = _page(caches=many)
    assert (len(page.nodes), page.more_nodes, page.more_caches) == (40, 260, 100)
