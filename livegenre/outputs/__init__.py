"""Where decisions go besides the screen: one module a kind of sink."""
