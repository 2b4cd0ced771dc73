"""The web sink: a page for a browser, OBS or a phone, JSON of the state, and metrics."""
