"""From labelled sound and tables of features to a model file that checks itself."""
