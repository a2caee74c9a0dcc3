"""The line that tells the cause, in what programs write at their end."""

import pytest

from modelsweb.diagnosis.last_words import cause

TRACE = 'Traceback (most recent call last):\n  File "/app/server.py", line 3, in <module>\n    load()\n'
LAST_WORDS = [
    ("one line alone", "one line alone"),
    ("", ""),
    (TRACE + "FileNotFoundError: no model at /mnt/models", "FileNotFoundError: no model at /mnt/models"),
    (
        TRACE + "torch.cuda.OutOfMemoryError: CUDA out of memory.",
        "torch.cuda.OutOfMemoryError: CUDA out of memory.",
    ),
    (
        TRACE + "ValueError: bad shape\n/usr/lib/x.py:1: UserWarning: leaked\n  warnings.warn('leaked %d')",
        "ValueError: bad shape",
    ),
    (
        TRACE
        + "KeyError: 'hidden_size'\n\nThe above exception was the direct cause of the following exception:\n\n"
        + TRACE
        + "RuntimeError: cannot build the model",
        "KeyError: 'hidden_size'",
    ),
    (
        TRACE
        + "OSError: first try\n\nDuring handling of the above exception, another exception occurred:\n\n"
        + TRACE
        + "PermissionError: 403 for the bucket",
        "PermissionError: 403 for the bucket",
    ),
    (
        "ERROR 11-23 11:51:02 [core.py:708] ValueError: too long\nRuntimeError: Engine failed. See root cause above.",
        "ValueError: too long",
    ),
    (
        "2026-11-23 11:51:02.123 1 root ERROR [load():5] cannot read the archive\nShutting down",
        "root ERROR [load():5] cannot read the archive",
    ),
    (
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\nAborted",
        "std::bad_alloc",
    ),
    (
        'Exception in thread "main" java.lang.IllegalStateException: no license\n\tat com.x.Main.run(Main.java:3)',
        "java.lang.IllegalStateException: no license",
    ),
    (
        "E1123 11:00:00.1 1 model_lifecycle.cc:638] failed to load 'x' version 1: no such file\nerror: creating server: Internal",
        "failed to load 'x' version 1: no such file",
    ),
    ("starting\nlistening", "listening"),
]


@pytest.mark.parametrize(("said", "told"), LAST_WORDS)
def test_the_cause_is_found_where_it_stands(said: str, told: str) -> None:
    assert cause(said) == told


def test_prefixes_of_processes_do_not_hide_it() -> None:
    said = "\n".join(
        f"(Worker pid={number}) {line}"
        for number, line in enumerate((TRACE + "ImportError: no x").splitlines())
    )
    assert cause(said) == "ImportError: no x"
