"""Nothing fails because what it says can't be written down."""

import subprocess
import sys

SAYS = """
import structlog
from pathlib import Path
from mweya.logs import keep_in

keep_in(Path("/dev/full"))
for _ in range(1000):
    structlog.get_logger().error("step-failed", problem="no space left on device")
print("went on")
"""


def test_a_log_on_a_full_disk_stops_nobody():
    command = [sys.executable, "-c", SAYS]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert said.stdout == "went on\n", said.stderr
