"""livegenre: a real-time music-genre classifier for the terminal."""

__version__ = "0.1.0"
