"""Distils the back ends of the musicnn networks, so that noise and rooms move them less."""
