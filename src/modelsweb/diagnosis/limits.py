"""How long something may last that is normal at a start, and how long a warning until it is no passing one.

A download or a load is not among them: while a container works at it, or may do so, it takes as long as it takes.
"""

from datetime import timedelta

WARNING = timedelta(minutes=2)
"""The same warning without progress: a volume that is not mounted, pods that end one after another."""
PULL = timedelta(minutes=2)
"""An image that is not pulled for a reason that may pass."""
SILENCE = timedelta(minutes=2)
"""No status, while KServe's controller works for others."""
ROUTE = timedelta(minutes=5)
"""A working gateway publishes an address within this time."""
DELETION = timedelta(minutes=5)
QUEUE = timedelta(minutes=10)
"""A pod that no node takes."""
UNKNOWN = timedelta(minutes=10)
"""A condition with the status Unknown."""
PROBE = timedelta(minutes=10)
"""A server that answers its probe, but not well."""
LOAD = timedelta(minutes=10)
"""A download or load that takes longer than this is unusual; it is no fault."""
