"""The checks, one module each; they are found by being there, and read a document and what is known of the cluster."""

import importlib
import pkgutil

from modelsweb.manifests.check import Check

_modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))

CHECKS: tuple[Check, ...] = tuple(
    sorted((module.CHECK for module in _modules), key=lambda check: (check.level, check.id))
)
