"""Benchmarks on the real control plane: ``make bench`` and ``make soak``. ``docs/performance.md`` explains them."""
