"""The member's page as a program of the phone: recording, sharing to it, opening it offline."""
