"""Logs: the same bytes from both clusters."""

import pytest

from modelsweb import errors
from modelsweb.kube.client import lines
from tests.contract.cluster import Cluster, running_pod
from tests.sample_objects import pod

_ODD = "next\u0085line, form\x0cfeed, 模型加载完成 🦉"


async def test_a_followed_log_brings_each_line_once_and_whole(cluster: Cluster) -> None:
    found = await running_pod(cluster, pod("writer"))
    mark = found["metadata"]["uid"]
    await cluster.write_log(found, "main", f"{mark} start")
    wanted = [f"{mark} line {number} {_ODD}" for number in range(200)]
    seen: list[str] = []
    async with cluster.client.log(
        namespace=cluster.namespace, pod="writer", container="main", follow=True
    ) as chunks:
        for text in wanted:
            await cluster.write_log(found, "main", text)
        async for line in lines(chunks):
            text = line.decode()
            if text.startswith(f"{mark} line"):
                seen.append(text)
            if len(seen) == len(wanted):
                break
    assert seen == wanted


async def test_tail_gives_the_last_lines(cluster: Cluster) -> None:
    found = await running_pod(cluster, pod("tailed"))
    for number in range(10):
        await cluster.write_log(found, "main", f"tail {number}")
    async with cluster.client.log(namespace=cluster.namespace, pod="tailed", tail_lines=3) as chunks:
        text = b"".join([chunk async for chunk in chunks]).decode()
    assert text.splitlines() == ["tail 7", "tail 8", "tail 9"]


async def test_timestamps_stand_before_each_line(cluster: Cluster) -> None:
    found = await running_pod(cluster, pod("stamped"))
    await cluster.write_log(found, "main", "hello")
    async with cluster.client.log(
        namespace=cluster.namespace, pod="stamped", tail_lines=20, timestamps=True
    ) as chunks:
        text = b"".join([chunk async for chunk in chunks]).decode()
    stamp, _, rest = next(line for line in text.splitlines() if "hello" in line).partition(" ")
    assert stamp.startswith("20")
    assert stamp.endswith("Z")
    assert rest == "hello"


async def test_a_container_must_be_named_where_there_are_two(cluster: Cluster) -> None:
    await running_pod(cluster, pod("pair", "one", "two"))
    with pytest.raises(
        errors.BadRequestError, match=r"a container name must be specified for pod pair, choose one of"
    ):
        async with cluster.client.log(namespace=cluster.namespace, pod="pair"):
            pass


async def test_a_wrong_container_is_refused(cluster: Cluster) -> None:
    await running_pod(cluster, pod("single"))
    with pytest.raises(errors.BadRequestError, match="container nobody is not valid for pod single"):
        async with cluster.client.log(namespace=cluster.namespace, pod="single", container="nobody"):
            pass


async def test_the_log_of_a_missing_pod_is_not_found(cluster: Cluster) -> None:
    with pytest.raises(errors.NotFoundError, match='pods "ghost" not found'):
        async with cluster.client.log(namespace=cluster.namespace, pod="ghost"):
            pass


async def test_a_negative_tail_names_the_field(cluster: Cluster) -> None:
    await running_pod(cluster, pod("negative"))
    with pytest.raises(errors.InvalidError) as caught:
        async with cluster.client.log(namespace=cluster.namespace, pod="negative", tail_lines=-1):
            pass
    assert [cause.field for cause in caught.value.causes] == ["tailLines"]
