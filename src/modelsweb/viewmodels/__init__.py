"""What each page shows, as frozen data: one module a page, one ``build`` each. Pure."""
