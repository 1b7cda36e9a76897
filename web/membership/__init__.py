"""Where somebody stands with the station: applying, paying, a member for the year, inviting."""
