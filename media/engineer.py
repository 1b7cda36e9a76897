"""The engineer works inside the studio's walls, one order after another, until told no more.

`python -m media.engineer SPOOL` reads orders from its input and answers on its output. It sees
the spool and no other file of the station, and knows no database.
"""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from ctypes import CDLL
from pathlib import Path
from typing import IO, Any

import msgspec

from media import orders
from media.orders import Broken, Done, Order, Step
from media.work import do
from station.errors import Fault, Refusal

# For one order; the kernel ends us when it takes more.
CPU_SECONDS = 60
_PR_SET_PDEATHSIG = 1


def work(given: IO[bytes], answers: IO[bytes], spool: Path) -> None:
    """Do what is ordered until the orders end."""
    while (order := orders.receive(given, Order)) is not None:
        _allow(CPU_SECONDS)
        orders.send(answers, _answer(order, spool, lambda step: orders.send(answers, Step(step))))


def _answer(order: Order, spool: Path, tell: Callable[[str], None]) -> Done | Broken:
    try:
        result: Any = do(order, spool, tell)
    except Fault as fault:
        return Broken(str(fault), fault.permanent)
    except Refusal as refusal:
        return Broken(refusal.sentence, permanent=True)
    except Exception as error:  # noqa: BLE001  what nobody foresaw is ours, not the upload's fault
        traceback.print_exc()
        return Broken(f"The engineer was stopped by {error!r}.", permanent=False)
    return Done(msgspec.Raw(msgspec.msgpack.encode(result)))


def _allow(seconds: int) -> None:
    """Let the kernel end this process when it uses more processor time than that from now on."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    most = int(spent.ru_utime + spent.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def main() -> None:
    """Begin; what anything else prints goes to the error output."""
    # Linux only, as Liquidsoap's packages are: who is killed outright leaves no engineer behind.
    CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Ctrl-C is for the command that began us; it ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "wb") as answers, suppress(BrokenPipeError):
        os.dup2(2, 1)
        orders.send(answers, Step("ready"))
        work(sys.stdin.buffer, answers, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
