"""What every request passes: its limits, who asks, in which language and theme, and whether a write is ours."""
