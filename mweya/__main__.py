"""`python -m mweya` is the `mweya` command."""

from mweya.cli import main

if __name__ == "__main__":
    main()
