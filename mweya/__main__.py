"""The command `mweya`, and `python -m mweya`: while it is loaded, Ctrl-C ends it without a word."""

import signal


def main() -> None:
    """Load every room's commands, then run one."""
    heard = signal.getsignal(signal.SIGINT)
    if heard is signal.default_int_handler:
        # A library whose loading is broken off tells of it by a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from mweya.cli import main as run

    signal.signal(signal.SIGINT, heard)
    run()


if __name__ == "__main__":
    main()
