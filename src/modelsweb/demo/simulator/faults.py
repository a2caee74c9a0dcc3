"""How the made-up world outside the cluster answers: registries, buckets, and models that need more than they get.

Everything works unless a name says otherwise, so that a demo can show each failure on purpose:

- an image whose tag contains ``typo`` or ``no-such`` does not exist;
- a bucket or repository whose name contains ``typo``, ``missing`` or ``no-such`` does not exist, and one whose name
  contains ``private`` refuses access;
- a model whose path contains ``corrupt`` cannot be loaded;
- a model with a size in its name, such as ``7b``, needs 2 GiB of memory for each billion of parameters.
"""

import re
from collections.abc import Mapping
from typing import Any

from modelsweb.objects.quantity import quantity

_ABSENT = re.compile(r"typo|missing|no-such")
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)
_GIB_PER_BILLION = 2.0


def image_name(image: str) -> str:
    """The image with its registry, as containerd spells it."""
    first = image.split("/", 1)[0]
    return image if "." in first or ":" in first else f"docker.io/{image}"


def image_error(image: str) -> str | None:
    """Why the image cannot be pulled, or None."""
    tag = image.rpartition(":")[2]
    if not _ABSENT.search(tag):
        return None
    name = image_name(image)
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{name}": failed to resolve reference '
        f'"{name}": {name}: not found'
    )


def download_log(uri: str) -> tuple[list[str], bool]:
    """What the storage-initializer prints, and whether it succeeds."""
    lines = [
        f"INFO [initializer-entrypoint:<module>():16] Initializing, args: src_uri [['{uri}']] dest_path[ [['/mnt/models']]",
        f"INFO [kserve_storage.py:download():64] Copying contents of {uri} to local",
    ]
    bucket = uri.partition("://")[2].partition("/")[0]
    problem = None
    if _ABSENT.search(bucket):
        problem = "(NoSuchBucket) when calling the ListObjects operation: The specified bucket does not exist"
        error = "botocore.errorfactory.NoSuchBucket"
    elif "private" in bucket:
        problem = "(AccessDenied) when calling the ListObjects operation: Access Denied"
        error = "botocore.exceptions.ClientError"
    if problem:
        return [
            *(f"2026-01-01 09:59:50.10{index + 1} 1 kserve {line}" for index, line in enumerate(lines)),
            "Traceback (most recent call last):",
            '  File "/storage-initializer/scripts/initializer-entrypoint", line 18, in <module>',
            "    Storage.download_files(src_uris, dest_paths)",
            '  File "/prod_venv/lib/python3.11/site-packages/kserve_storage/kserve_storage.py", line 101, in download',
            "    Storage._download_s3(uri, out_dir)",
            f"{error}: An error occurred {problem}",
        ], False
    name = uri.rstrip("/").rpartition("/")[2]
    lines.append(f"INFO [kserve_storage.py:_download():297] Downloading: /mnt/models/{name}")
    lines.append(f"INFO [kserve_storage.py:download():124] Successfully copied {uri} to /mnt/models")
    return [f"2026-01-01 09:59:5{index}.101 1 kserve {line}" for index, line in enumerate(lines)], True


def load_log(service: str, uri: str) -> tuple[list[str], bool]:
    """What the model server prints while it loads the model, and whether it succeeds."""
    start = f"2026-01-01 10:00:00.123 1 kserve INFO [model_server.py:register_model():412] Registering model: {service}"
    if "corrupt" in uri:
        return [
            start,
            "Traceback (most recent call last):",
            '  File "/sklearnserver/sklearnserver/__main__.py", line 41, in <module>',
            "    model.load()",
            '  File "/sklearnserver/sklearnserver/model.py", line 55, in load',
            "    self._model = joblib.load(model_file)",
            "_pickle.UnpicklingError: invalid load key, '<'.",
        ], False
    return [
        start,
        "2026-01-01 10:00:01.002 1 kserve INFO [model_server.py:start():320] Starting uvicorn with 1 workers",
        "2026-01-01 10:00:01.230 1 uvicorn.error INFO:     Started server process [1]",
        "2026-01-01 10:00:01.231 1 uvicorn.error INFO:     Application startup complete.",
        "2026-01-01 10:00:01.232 1 kserve INFO [server.py:start():70] Server is listening on [::]:8081",
    ], True


def is_killed_for_memory(uri: str, container: Mapping[str, Any]) -> bool:
    """Whether the model needs more memory than the container may use. On a GPU it is in the memory of that."""
    sizes = [float(size) for size in _SIZE.findall(uri)]
    limits = (container.get("resources") or {}).get("limits") or {}
    limit = quantity(limits.get("memory")) or 0.0
    if any(name.endswith("/gpu") and quantity(count) for name, count in limits.items()):
        return False
    return bool(sizes) and limit > 0 and max(sizes) * _GIB_PER_BILLION * 2**30 > limit
