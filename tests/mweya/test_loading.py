"""Ctrl-C while `mweya` is still being loaded ends it, and shows nobody a traceback."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRESSED = """
import os, signal, sys

class Press:
    def find_spec(self, name, *_):
        if name == "station.settings":
            os.kill(os.getpid(), signal.SIGINT)

# Whoever starts the tests in the background may ignore Ctrl-C, and every child with them.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Press())
from mweya.__main__ import main
main()
"""


def test_ctrl_c_while_it_is_loaded_ends_it_without_a_word():
    ended = subprocess.run(
        [sys.executable, "-c", PRESSED], cwd=ROOT, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b"", b"")


def test_once_it_is_loaded_ctrl_c_is_heard_as_ever():
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    code += "from mweya.__main__ import main; sys.argv[1:] = ['--version']"
    heard = "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}\ntry:\n    main()\nfinally:\n    {heard}"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")


LEAVING = """
import atexit, sys, threading, time
from mweya.__main__ import main
from station.command import LEFT_BEHIND

atexit.register(print, "Python ends itself as ever")
if sys.argv[1] == "behind":
    threading.Thread(target=time.sleep, args=[60], name=LEFT_BEHIND, daemon=True).start()
sys.argv[1:] = ["--version"]
main()
"""


def test_what_was_left_behind_in_a_library_is_not_waited_for_when_a_command_ends():
    for behind, ended_itself in (("behind", False), ("nothing", True)):
        ended = subprocess.run(
            [sys.executable, "-c", LEAVING, behind],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        assert ", version " in ended.stdout
        assert ("as ever" in ended.stdout) == ended_itself
