"""Which object is meant."""

from typing import NamedTuple


class ObjectRef(NamedTuple):
    """An object's place: ``kind`` is the kind's full name, ``namespace`` empty for a kind of the whole cluster.

    A name is not an identity: what is made again under it is a different object, with another uid.
    """

    kind: str
    namespace: str
    name: str
