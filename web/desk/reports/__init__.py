"""Reports on the desk: each is a page, a table for a spreadsheet, and a picture."""
