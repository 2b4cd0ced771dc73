"""Programs for making and measuring models; the package itself never imports them."""
