"""Where the API server is and who we are there.

In a cluster that is the mounted service account, whose token is read again as it rotates. Elsewhere it is a
kubeconfig, read by the official client's loader: several files, contexts, client certificates, exec plugins and
OIDC are its business. The loader is slow to import (about two seconds), so it is imported only when it is used.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from modelsweb.clock import Clock, SystemClock
from modelsweb.errors import ModelswebError

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_TOKEN_SECONDS = 60.0


class ConnectionConfigError(ModelswebError):
    """There is no usable description of how to reach a cluster."""

    reason = "ConnectionConfig"


class Credentials(Protocol):
    """What proves our identity, as HTTP headers."""

    async def headers(self, *, fresh: bool = False) -> dict[str, str]:
        """The headers to send; ``fresh`` after the API server refused the last ones."""
        ...


class NoCredentials:
    """For client certificates, and for servers that ask nobody's name."""

    async def headers(self, *, fresh: bool = False) -> dict[str, str]:
        """No headers."""
        return {}


@dataclass(slots=True)
class StaticToken:
    """A bearer token that never changes."""

    token: str

    async def headers(self, *, fresh: bool = False) -> dict[str, str]:
        """The token as a header."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(slots=True, kw_only=True)
class TokenFile:
    """A bearer token in a file that the kubelet rewrites; read again each minute and when refused."""

    path: Path
    clock: Clock = field(default_factory=SystemClock)
    _token: str = ""
    _read_at: float = float("-inf")

    async def headers(self, *, fresh: bool = False) -> dict[str, str]:
        """The current token as a header."""
        now = self.clock.monotonic()
        if fresh or now - self._read_at > _TOKEN_SECONDS:
            self._token = (await asyncio.to_thread(self.path.read_text)).strip()
            self._read_at = now
        return {"Authorization": f"Bearer {self._token}"}


@dataclass(slots=True, kw_only=True)
class LoaderToken:
    """Whatever the official loader says is the token now; it may run an exec plugin for that, so in a thread."""

    configuration: Any
    clock: Clock = field(default_factory=SystemClock)
    _header: str = ""
    _read_at: float = float("-inf")
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def headers(self, *, fresh: bool = False) -> dict[str, str]:
        """The Authorization header, empty where a client certificate is the identity."""
        async with self._lock:
            now = self.clock.monotonic()
            if fresh or now - self._read_at > _TOKEN_SECONDS:
                self._header = await asyncio.to_thread(self._load)
                self._read_at = now
        return {"Authorization": self._header} if self._header else {}

    def _load(self) -> str:
        return self.configuration.get_api_key_with_prefix("BearerToken", alias="authorization") or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Address, trust and identity for one API server."""

    server: str
    credentials: Credentials = field(default_factory=NoCredentials)
    ssl_context: ssl.SSLContext | None = None
    server_hostname: str | None = None
    proxy: str | None = None


def in_cluster(host: str, port: str) -> Connection:
    """The API server of the cluster that we run in.

    Raises ConnectionConfigError where the service account is not mounted.
    """
    authority, token = _SERVICE_ACCOUNT / "ca.crt", _SERVICE_ACCOUNT / "token"
    if not token.exists() or not authority.exists():
        raise ConnectionConfigError(
            f"No service account is mounted at {_SERVICE_ACCOUNT}. Set automountServiceAccountToken on the pod."
        )
    address = f"[{host}]" if ":" in host else host
    return Connection(
        server=f"https://{address}:{port}",
        credentials=TokenFile(path=token),
        ssl_context=ssl.create_default_context(cafile=str(authority)),
    )


def from_kubeconfig(paths: str | None, context: str | None) -> Connection:
    """The API server that a kubeconfig names.

    ``paths`` is a list of files as in KUBECONFIG, None for the usual place; ``context`` None for the current one.
    Raises ConnectionConfigError with the loader's reason.
    """
    try:
        from kubernetes.client import Configuration
        from kubernetes.config import ConfigException, load_kube_config
    except ImportError as error:
        raise ConnectionConfigError(
            "Reading a kubeconfig needs the official client: pip install 'modelsweb[kubeconfig]'."
        ) from error
    configuration = Configuration()
    try:
        load_kube_config(config_file=paths, context=context, client_configuration=configuration)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ConnectionConfigError(f"The kubeconfig cannot be used: {error}") from error
    return Connection(
        server=str(configuration.host).rstrip("/"),
        credentials=LoaderToken(configuration=configuration),
        ssl_context=_ssl_context(configuration),
        server_hostname=getattr(configuration, "tls_server_name", None),
        proxy=configuration.proxy,
    )


def _ssl_context(configuration: Any) -> ssl.SSLContext | None:
    if not str(configuration.host).startswith("https:"):
        return None
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert or None)
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file or None)
    return context
