"""A piece's own page is sent on by WhatsApp, with a preview of when and where to hear it."""
