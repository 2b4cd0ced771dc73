"""From folders of music to the tables of features that the field trains on."""
