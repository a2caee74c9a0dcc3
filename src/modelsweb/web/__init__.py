"""The only place where I/O and meaning meet: HTTP in, pages, JSON and live fragments out."""
