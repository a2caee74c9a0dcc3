"""The web app in which ML engineers run their KServe models."""

__version__ = "0.1.0"
