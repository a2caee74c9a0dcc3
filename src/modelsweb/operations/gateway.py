"""What operations work with."""

from dataclasses import dataclass

from modelsweb.gateway.authorization import Authorization
from modelsweb.gateway.inventory import Inventory
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.gateway.reader import Reader
from modelsweb.gateway.schemas import SchemaReader
from modelsweb.gateway.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The gateway's hands for one running app; each asks for the user's right itself."""

    authorization: Authorization
    reader: Reader
    inventory: Inventory
    writer: Writer
    rate_limit: RateLimit
    schemas: SchemaReader
    sizes: tuple[tuple[str, str, str], ...]
    """What the form offers for a replica: name, CPU, memory."""
    kserve_namespace: str
    """Where KServe's own settings and presets are."""
