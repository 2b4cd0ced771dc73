"""Many files: found, heard by processes here or elsewhere, remembered, and told of."""
