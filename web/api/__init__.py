"""The same facts as on the pages, for programs: described, dated, and guarded as those are."""
