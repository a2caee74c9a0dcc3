"""What a store announces: one object before and after."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.kube.item import Item
from modelsweb.objects.ref import ObjectRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An object that came (``before`` is None), changed, or went (``after`` is None), and when that was noticed.

    Where both are there they may be two objects of one name: then their uids differ.
    """

    ref: ObjectRef
    before: Item | None
    after: Item | None
    at: datetime

    @property
    def roots(self) -> tuple[ObjectRef, ...]:
        """The root objects that it belongs to, or belonged to before; two where it went from one to another."""
        found = (item.root for item in (self.before, self.after) if item is not None)
        return tuple(dict.fromkeys(root for root in found if root is not None))

    @property
    def is_of_another(self) -> bool:
        """What is there now is not the object that was there before, or nothing is."""
        return self.before is not None and (self.after is None or self.after.uid != self.before.uid)
