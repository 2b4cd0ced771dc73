"""How good a model is: clips heard through the stream that users run, degraded, and scored."""
