"""What operations work with."""

from dataclasses import dataclass
from typing import Any

from modelsweb.gateway.rates import Rates
from modelsweb.gateway.reader import Reader
from modelsweb.gateway.writer import Writer


@dataclass(frozen=True, slots=True)
class Context:
    """The gateway's hands for one running app; each asks for the user's right itself."""

    reader: Reader[Any]
    writer: Writer
    rates: Rates
