"""The PromQL of each exporter, one module each."""
