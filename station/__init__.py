"""What a station is: its nouns, their rules and their tables.

Reading order, which is also the import order: errors, airtime, settings, db, members,
ledger, jobs, recordings, rights, market, grid, airlog, asrun.
"""
