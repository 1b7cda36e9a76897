"""The market: airtime that its holders sell."""
