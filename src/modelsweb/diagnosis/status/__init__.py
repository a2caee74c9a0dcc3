"""How it stands with a root object, one module for each kind."""
