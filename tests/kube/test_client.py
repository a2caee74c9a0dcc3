"""The parts of the client that need no cluster."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import lines
from modelsweb.kube.item import slim
from modelsweb.kube.status import error_from_response


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ([b"a\nb\n"], [b"a", b"b"]),
        ([b"a", b"b\nc", b"\n"], [b"ab", b"c"]),
        ([b"a\n", b"cut short"], [b"a"]),
        (["模型\u0085x\u2028y\x0b\n".encode()], ["模型\u0085x\u2028y\x0b".encode()]),
        (["模".encode()[:1], "模".encode()[1:] + b"\n"], ["模".encode()]),
        ([b"\n\n"], [b"", b""]),
    ],
)
async def test_lines_end_at_newlines_only(chunks: list[bytes], wanted: list[bytes]) -> None:
    assert [line async for line in lines(_chunks(*chunks))] == wanted


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (400, "BadRequest", errors.BadRequestError),
        (401, "Unauthorized", errors.CredentialsError),
        (403, "Forbidden", errors.ForbiddenError),
        (404, "NotFound", errors.NotFoundError),
        (409, "Conflict", errors.ConflictError),
        (409, "AlreadyExists", errors.AlreadyExistsError),
        (410, "Expired", errors.ExpiredError),
        (422, "Invalid", errors.InvalidError),
        (429, "TooManyRequests", errors.TooManyRequestsError),
        (500, "InternalError", errors.ClusterError),
        (503, "ServiceUnavailable", errors.UnavailableError),
        (418, "Teapot", errors.BadRequestError),
    ],
)
def test_every_status_becomes_its_error(code: int, reason: str, kind: type[errors.ModelswebError]) -> None:
    status = {"kind": "Status", "code": code, "reason": reason, "message": "why"}
    error = error_from_response(code, msgspec.json.encode(status))
    assert type(error) is kind
    assert error.message == "why"


def test_causes_and_the_retry_hint_are_kept() -> None:
    cause = {"field": "spec.x", "reason": "FieldValueInvalid", "message": "no"}
    details = {"causes": [cause], "retryAfterSeconds": 7}
    status = {"kind": "Status", "code": 422, "reason": "Invalid", "message": "m", "details": details}
    error = error_from_response(422, msgspec.json.encode(status))
    assert error.causes == (errors.Cause("spec.x", "FieldValueInvalid", "no"),)
    assert error.retry_after == 7


def test_a_webhooks_refusal_with_500_is_the_users_to_mend() -> None:
    message = 'admission webhook "x" denied the request: panic'
    status = {"kind": "Status", "code": 500, "message": message}
    error = error_from_response(500, msgspec.json.encode(status))
    assert isinstance(error, errors.ForbiddenError)


def test_a_proxys_page_is_shortened() -> None:
    error = error_from_response(503, b"<html>" + b"x" * 10_000, retry_after="3")
    assert isinstance(error, errors.UnavailableError)
    assert len(error.message) < 600
    assert error.retry_after == 3


def test_an_item_loses_its_managed_fields_and_nothing_else() -> None:
    obj = {
        "metadata": {
            "name": "a",
            "namespace": "b",
            "uid": "u",
            "resourceVersion": "7",
            "managedFields": [{"x": 1}],
        },
        "spec": {"odd": "\u2028", "number": 1.50},
    }
    item = slim(msgspec.Raw(msgspec.json.encode(obj)), INFERENCE_SERVICE)
    assert (item.namespace, item.name, item.uid, item.resource_version) == ("b", "a", "u", "7")
    decoded = msgspec.json.decode(item.raw)
    assert decoded["kind"] == "InferenceService"
    assert "managedFields" not in decoded["metadata"]
    assert decoded["spec"] == obj["spec"]
