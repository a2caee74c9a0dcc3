"""Why KServe combined a configuration with an LLM service, in words."""

from collections.abc import Mapping

from modelsweb.text import Text, text

_WORDS: Mapping[str, Text] = {
    "Preset": text("preset of KServe"),
    "UserRef": text("named in baseRefs"),
    "ServingRuntime": text("serving runtime"),
    "ClusterServingRuntime": text("serving runtime"),
}


def source_words(source: str) -> Text:
    """KServe's own word where it is none that we know."""
    return _WORDS.get(source) or Text(source)
