"""All settings, read once from the environment; nothing else reads it.

Settings that users of KServe's former web app know keep their names and defaults. New ones are called
``MODELSWEB_<GROUP>_<FIELD>``; one that is not known is refused, so that a typing error does not pass in silence.
"""

import logging
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from modelsweb.errors import ModelswebError

_LAST_PORT = 65_535
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SIZE = re.compile(r"([^=,/]{1,40})=([0-9.]{1,8}m?)/([0-9.]{1,8}[KMGT]i?)")
_BREAKS_POLICY = re.compile(r"[;,\r\n]")
_SERVICE_LINK = re.compile(r"_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$")
"""Kubernetes puts such variables into each pod beside a Service; one called modelsweb gives names like ours."""


ALIASES = {
    "MODELSWEB_WEB_MOST_REQUESTS": "MODELSWEB_WEB_MAX_REQUESTS",
    "MODELSWEB_WEB_MOST_STREAMS": "MODELSWEB_WEB_MAX_STREAMS",
    "MODELSWEB_WEB_MOST_BYTES": "MODELSWEB_WEB_MAX_BYTES",
}
"""What settings were called before; they work for one release more, with a warning."""

log = logging.getLogger(__name__)


class ConfigError(ModelswebError):
    """A setting is wrong; the message names it and what would be right."""

    reason = "Config"


def _setting(default: Any, env: str, *, doc: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"env": env, "doc": doc, "choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """How the pages are served."""

    host: str = _setting(
        "127.0.0.1", "MODELSWEB_WEB_HOST", doc="Address to listen on; 0.0.0.0 in a container."
    )
    port: int = _setting(5000, "MODELSWEB_WEB_PORT", doc="Port to listen on.")
    prefix: str = _setting("/models", "APP_PREFIX", doc="Path under which the app is reached; / for none.")
    secure_cookies: bool = _setting(
        True,
        "APP_SECURE_COOKIES",
        doc="Mark cookies Secure: they are then sent over https only. False for plain http.",
    )
    csrf_samesite: str = _setting(
        "Strict", "CSRF_SAMESITE", doc="SameSite of the CSRF cookie.", choices=("Strict", "Lax", "None")
    )
    frame_ancestors: str = _setting(
        "'self'",
        "MODELSWEB_WEB_FRAME_ANCESTORS",
        doc="Who may show the app in a frame, as Content-Security-Policy writes it: 'self', 'none' or origins.",
    )
    requests_per_second: float = _setting(
        50.0,
        "MODELSWEB_WEB_REQUESTS_PER_SECOND",
        doc="How often one user may ask, on average over ten seconds; 0 for no limit.",
    )
    work_per_second: float = _setting(
        0.25,
        "MODELSWEB_WEB_WORK_PER_SECOND",
        doc="How many seconds of work (building pages, access reviews, writes) one user may cause in a second, on average over "
        "ten; 0 for no limit.",
    )
    writes_per_minute: float = _setting(
        60.0,
        "MODELSWEB_WEB_WRITES_PER_MINUTE",
        doc="How often one user may send a form that changes something; a bulk action is one. 0 for no limit.",
    )
    max_requests: int = _setting(
        50,
        "MODELSWEB_WEB_MAX_REQUESTS",
        doc="How many requests of one user may be open at once, live streams apart; 0 for no limit.",
    )
    max_streams: int = _setting(
        100, "MODELSWEB_WEB_MAX_STREAMS", doc="How many live streams one user may have open at once."
    )
    request_seconds: float = _setting(
        60.0,
        "MODELSWEB_WEB_REQUEST_SECONDS",
        doc="How long a client may take to send a request, its body included; 0 for no limit.",
    )
    metrics_port: int = _setting(
        0, "MODELSWEB_WEB_METRICS_PORT", doc="Port on which Prometheus is answered; 0 for none."
    )
    log_format: str = _setting(
        "text", "MODELSWEB_WEB_LOG_FORMAT", doc="How log lines are written.", choices=("text", "json")
    )
    sizes: str = _setting(
        "S=1/4Gi,M=4/16Gi,L=8/32Gi",
        "MODELSWEB_WEB_SIZES",
        doc="Sizes that the form offers for a replica, each as name=CPU/memory, separated by commas.",
    )
    ui_folder: str = _setting(
        "",
        "MODELSWEB_WEB_UI_FOLDER",
        doc="Folder with the built files of another front end of the same API, such as that of the former web app; it then begins at "
        "the app's address, and our pages stay at theirs. Empty for none.",
    )
    max_bytes: int = _setting(
        1_048_576, "MODELSWEB_WEB_MAX_BYTES", doc="The largest YAML that create takes, in bytes."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthConfig:
    """Who the user is, and how long their rights are cached."""

    is_disabled: bool = _setting(
        False,
        "APP_DISABLE_AUTH",
        doc="Ask nobody's name and review no rights: everybody may what the app may.",
    )
    userid_header: str = _setting(
        "kubeflow-userid", "USERID_HEADER", doc="Request header that names the user."
    )
    userid_prefix: str = _setting("", "USERID_PREFIX", doc="Taken off the front of the header's value.")
    groups_header: str = _setting(
        "",
        "MODELSWEB_AUTH_GROUPS_HEADER",
        doc="Request header that names the user's groups, separated by commas.",
    )
    tokens: bool = _setting(
        False,
        "MODELSWEB_AUTH_TOKENS",
        doc="Without a proxy that names users: take bearer tokens, reviewed by the cluster, and believe no header.",
    )
    impersonate: bool = _setting(
        False,
        "MODELSWEB_AUTH_IMPERSONATE",
        doc="Send writes, and the dry-runs before them, in the user's name: the cluster's policies, quotas and audit then see the user. Needs the role of manifests/components/impersonation.",
    )
    allowed_namespaces: str = _setting(
        "",
        "ALLOWED_NAMESPACES",
        doc="The only namespaces that anybody sees or writes here, and that are watched, separated by commas; empty for all.",
    )
    cache_seconds: float = _setting(
        10.0,
        "MODELSWEB_AUTH_CACHE_SECONDS",
        doc="How long the answer of an access review is kept; 0 asks each time.",
    )

    @property
    def namespaces(self) -> frozenset[str] | None:
        """The namespaces to which the app is confined; None for all."""
        return names(self.allowed_namespaces) if self.allowed_namespaces.strip() else None

    @property
    def review_seconds(self) -> float:
        """How often an open stream reviews its user's rights: twice the life of an answer, a second at least."""
        return max(1.0, 2 * self.cache_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsConfig:
    """Where metrics of the models come from."""

    prometheus_url: str = _setting(
        "",
        "MODELSWEB_METRICS_PROMETHEUS_URL",
        doc="Address of Prometheus as the app reaches it; empty for none.",
    )
    prometheus_token_file: str = _setting(
        "",
        "MODELSWEB_METRICS_PROMETHEUS_TOKEN_FILE",
        doc="File with a bearer token for Prometheus; empty for none.",
    )
    scrape_seconds: int = _setting(
        15,
        "MODELSWEB_METRICS_SCRAPE_SECONDS",
        doc="How often Prometheus scrapes; no chart is finer, and rates are taken over four of these at least.",
    )
    grafana_prefix: str = _setting(
        "/grafana",
        "GRAFANA_PREFIX",
        doc="Path of Grafana on the app's own host, as the browser reaches it; empty for none.",
    )
    grafana_cpu_memory: str = _setting(
        "db/knative-serving-revision-cpu-and-memory-usage",
        "GRAFANA_CPU_MEMORY_DB",
        doc="Dashboard with CPU and memory of a revision: panels 2 and 3 are shown.",
    )
    grafana_requests: str = _setting(
        "db/knative-serving-revision-http-requests",
        "GRAFANA_HTTP_REQUESTS_DB",
        doc="Dashboard with the requests of a revision: panels 17, 20, 18 and 21 are shown.",
    )
    grafana_panels: str = _setting(
        "",
        "MODELSWEB_METRICS_GRAFANA_PANELS",
        doc="Other panels instead, as JSON: see docs/metrics.md.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """Which cluster."""

    kubeconfig: str = _setting(
        "", "KUBECONFIG", doc="Kubeconfig files, as kubectl reads them; used outside a cluster."
    )
    context: str = _setting(
        "", "MODELSWEB_CLUSTER_CONTEXT", doc="Context of the kubeconfig; empty for the current one."
    )
    service_host: str = _setting(
        "", "KUBERNETES_SERVICE_HOST", doc="Set by Kubernetes in a pod: the API server's address."
    )
    service_port: str = _setting(
        "443", "KUBERNETES_SERVICE_PORT", doc="Set by Kubernetes in a pod: the API server's port."
    )
    kserve_namespace: str = _setting(
        "kserve",
        "MODELSWEB_CLUSTER_KSERVE_NAMESPACE",
        doc="Where KServe runs: its ConfigMap and its presets of LLM services are read there for whoever may.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set."""

    web: WebConfig = field(default_factory=WebConfig)
    auth: AuthConfig = field(default_factory=AuthConfig)
    metrics: MetricsConfig = field(default_factory=MetricsConfig)
    cluster: ClusterConfig = field(default_factory=ClusterConfig)


def size_list(text: str) -> tuple[tuple[str, str, str], ...]:
    """Sizes of a replica: name, CPU, memory. Raises ConfigError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = [_SIZE.fullmatch(part) for part in parts]
    for part, one in zip(parts, found, strict=True):
        if one is None:
            raise ConfigError(
                f"MODELSWEB_WEB_SIZES must be like M=4/16Gi (name=CPU/memory), separated by commas, not {part!r}."
            )
    return tuple((one[1].strip(), one[2], one[3]) for one in found if one is not None)


def names(text: str) -> frozenset[str]:
    """The names in a list separated by commas."""
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def from_environment(environment: Mapping[str, str] | None = None) -> Config:
    """The settings in the environment. Raises ConfigError naming the first that is wrong."""
    values = _renamed(os.environ if environment is None else environment)
    known: set[str] = set()
    groups: dict[str, Any] = {}
    defaults = Config()
    for group in fields(Config):
        found = {}
        for item in fields(getattr(defaults, group.name)):
            env = item.metadata["env"]
            known.add(env)
            if env in values:
                found[item.name] = _parse(env, values[env], type_=item.type, choices=item.metadata["choices"])
        groups[group.name] = replace(getattr(defaults, group.name), **found)
    for name in values:
        if name.startswith("MODELSWEB_") and name not in known and not _SERVICE_LINK.search(name):
            raise ConfigError(f"{name} is no setting. See docs/reference/settings.md for those there are.")
    config = Config(**groups)
    _check(config)
    prefix = "/" + config.web.prefix.strip("/")
    return replace(config, web=replace(config.web, prefix="" if prefix == "/" else prefix))


def _renamed(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with settings by the names that they have now. Raises ConfigError where both are set and differ."""
    values = dict(environment)
    for old, new in ALIASES.items():
        if old not in values:
            continue
        value = values.pop(old)
        if values.setdefault(new, value) != value:
            raise ConfigError(f"{old} is now called {new}, and both are set. Remove {old}.")
        log.warning("%s is now called %s. The former name stops working with the next release.", old, new)
    return values


def _check(config: Config) -> None:
    """What no type says."""
    auth = config.auth
    if auth.namespaces is not None and not all(_NAMESPACE.fullmatch(name) for name in auth.namespaces):
        raise ConfigError(
            f"ALLOWED_NAMESPACES must be names of namespaces, separated by commas, not {auth.allowed_namespaces!r}."
        )
    if auth.namespaces is not None and not auth.namespaces:
        raise ConfigError("ALLOWED_NAMESPACES names no namespace; leave it empty to allow all.")
    size_list(config.web.sizes)
    if _BREAKS_POLICY.search(config.web.frame_ancestors) or not config.web.frame_ancestors.strip():
        raise ConfigError(
            "MODELSWEB_WEB_FRAME_ANCESTORS must be 'self', 'none' or origins, separated by spaces, "
            f"not {config.web.frame_ancestors!r}."
        )


def _parse(env: str, text: str, *, type_: Any, choices: tuple[str, ...]) -> Any:
    name = type_ if isinstance(type_, str) else type_.__name__
    if name == "bool":
        if text.strip().lower() not in {"true", "false"}:
            raise ConfigError(f"{env} must be True or False, not {text!r}.")
        return text.strip().lower() == "true"
    if name in {"int", "float"}:
        try:
            number = int(text) if name == "int" else float(text)
        except ValueError:
            raise ConfigError(f"{env} must be a number, not {text!r}.") from None
        if not 0 <= number < math.inf:
            raise ConfigError(f"{env} must not be negative or infinite.")
        if env.endswith("_PORT") and number > _LAST_PORT:
            raise ConfigError(f"{env} must be a port, {_LAST_PORT} at most.")
        return number
    if choices and text not in choices:
        raise ConfigError(f"{env} must be one of {', '.join(choices)}, not {text!r}.")
    return text


def reference() -> str:
    """The table of all settings for the documentation."""
    lines = ["| setting | default | what it does |", "|---|---|---|"]
    defaults = Config()
    for group in fields(Config):
        for item in fields(getattr(defaults, group.name)):
            shown = f"`{item.default}`" if item.default != "" else "empty"
            lines.append(f"| `{item.metadata['env']}` | {shown} | {item.metadata['doc']} |")
    return "\n".join(lines) + "\n"
