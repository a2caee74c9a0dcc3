"""One module a form or button."""
