"""What aired is heard again where its holder allows it: by pages, feeds and files."""
