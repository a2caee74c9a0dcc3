"""What all handlers share, and what one request brings with it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from starlette.requests import Request

from modelsweb.clock import Clock
from modelsweb.config import Config, size_list
from modelsweb.diagnosis.reports import Reports
from modelsweb.gateway.access import User
from modelsweb.gateway.audit import Strangers
from modelsweb.gateway.authorization import Authorization
from modelsweb.gateway.inventory import Inventory
from modelsweb.gateway.logs import LogReader
from modelsweb.gateway.metrics import MetricsReader
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.gateway.raw_reader import RawReader
from modelsweb.gateway.reader import Reader
from modelsweb.gateway.schemas import SchemaReader
from modelsweb.gateway.writer import Writer
from modelsweb.kinds import INFERENCE_SERVICE, MODEL_SERVICES
from modelsweb.manifests.document import BYTE_ORDER_MARK
from modelsweb.objects.kind import Kind
from modelsweb.operations.gateway import Gateway
from modelsweb.viewmodels.components.access_request import access_request
from modelsweb.viewmodels.components.grafana import PanelPlan
from modelsweb.web.channel import Channels
from modelsweb.web.instrumentation import Instrumentation
from modelsweb.web.sse import Streams
from modelsweb.web.urls import Urls, is_of_cluster, is_of_services, plural_of


class Language(StrEnum):
    """The languages of the catalogue, as HTML names them."""

    ENGLISH = "en"
    CHINESE = "zh-Hans"


class Theme(StrEnum):
    """What the user chose; SYSTEM follows the machine."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Pages(Protocol):
    """What renders templates for a request; ``rendering.Renderer`` does."""

    def page(self, context: "RequestContext", template: str, **values: Any) -> str:
        """A whole page."""
        ...

    def fragments(
        self, site: "Site", language: Language, *, template: str, names: tuple[str, ...], **values: Any
    ) -> dict[str, str]:
        """Blocks of a page's template, by name; the same for all who read the language."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One running app."""

    config: Config
    authorization: Authorization
    reader: Reader
    raw: RawReader
    writer: Writer
    logs: LogReader
    metrics: MetricsReader
    schemas: SchemaReader
    inventory: Inventory
    panels: tuple[PanelPlan, ...]
    clock: Clock
    renderer: "Pages"
    channels: Channels
    streams: Streams
    instrumentation: Instrumentation
    rate_limit: RateLimit
    strangers: Strangers
    reports: Reports
    closing: asyncio.Event
    """Set when the app goes down: open streams end."""
    banner: str = ""
    """A word to stand beside the name, such as that this is a demo."""

    @property
    def urls(self) -> Urls:
        """The addresses of our pages."""
        return Urls(self.config.web.prefix)

    @property
    def operations(self) -> Gateway:
        """What operations work with."""
        return Gateway(
            authorization=self.authorization,
            reader=self.reader,
            inventory=self.inventory,
            writer=self.writer,
            rate_limit=self.rate_limit,
            schemas=self.schemas,
            sizes=size_list(self.config.web.sizes),
            kserve_namespace=self.config.cluster.kserve_namespace,
        )

    @property
    def other_kinds(self) -> tuple[Kind, ...]:
        """The root kinds that have no pages but those of their declaration."""
        return tuple(kind for kind in self.reader.kinds if kind is not INFERENCE_SERVICE)

    @property
    def listed_kinds(self) -> tuple[Kind, ...]:
        """Those of them that have a list of their own."""
        return tuple(kind for kind in self.other_kinds if kind not in MODEL_SERVICES)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, in the order of the page."""

    fields: tuple[tuple[str, str], ...] = field(default=())

    def get(self, name: str) -> str:
        """The first value of a field; empty where it was not sent."""
        return next((value for key, value in self.fields if key == name), "")

    def document(self, name: str) -> str:
        """The text of a field as its author wrote it: browsers send other line ends, joined files bring marks along."""
        return self.get(name).replace("\r\n", "\n").replace(BYTE_ORDER_MARK, "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(value for key, value in self.fields if key == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestContext:
    """One request by one user."""

    site: Site
    request: Request
    user: User
    language: Language
    theme: Theme
    csrf_token: str
    namespaces: tuple[str, ...] | None = None
    """What the selector offers; None where the user may not list namespaces."""

    form: Form = field(default_factory=Form)
    """What was sent with a write."""
    body: Any = None
    """What a program sent with a write: JSON."""

    @property
    def namespace(self) -> str:
        """The namespace in the path; empty where there is none."""
        return str(self.request.path_params.get("namespace", ""))

    @property
    def name(self) -> str:
        """The object's name in the path; empty where there is none."""
        return str(self.request.path_params.get("name", ""))

    @property
    def plural(self) -> str:
        """The kind in the path, by its plural; empty where there is none."""
        return plural_of(str(self.request.path_params.get("plural", "")))

    @property
    def now(self) -> datetime:
        """The time of this request."""
        return self.site.clock.now()

    @property
    def path(self) -> str:
        """The path below the prefix."""
        return str(self.request.scope["path"])

    def url(self, path: str) -> str:
        """A path of ours as the browser must write it."""
        return self.urls.of(path)

    @property
    def urls(self) -> Urls:
        """The addresses of our pages."""
        return self.site.urls

    def access_request(self, kind: Kind, *, verb: str) -> Callable[[], str]:
        """Writes the YAML that would give the user a verb on a kind in this namespace, for a page that says that they lack it."""
        return partial(access_request, self.user.name, kind, verb=verb, namespace=self.namespace)

    @property
    def is_of_cluster(self) -> bool:
        """The page is of a kind that has no namespaces."""
        return is_of_cluster(self.path)

    @property
    def has_selector(self) -> bool:
        """The page is of a namespace or of several, and another may be chosen."""
        return bool(self.namespace or self.plural) or is_of_services(self.path) or self.is_of_cluster
