"""`python -m entrypoints.worker FILE [--embedded]`, as the server starts it."""

from __future__ import annotations

import sys
from pathlib import Path

from entrypoints.worker.app import run_worker

run_worker(Path(sys.argv[1]), embedded="--embedded" in sys.argv[2:])
