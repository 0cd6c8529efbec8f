"""Becomes ffmpeg: locks itself in, then runs the program with arguments of ours.

It is started in a job's folder. Landlock, seccomp, the empty network, the limits and the
tie to the parent all outlive exec: landlock(7), seccomp(2), unshare(2), getrlimit(2),
prctl(2). No privilege comes back, since `no_new_privs` is set.
"""

from __future__ import annotations

import json
import os
import sys

from adapters.media.confinement import Limits, confine, end_with
from adapters.media.job_folder import MADE, ORIGINAL


def main() -> None:
    setup = json.loads(sys.argv[1])
    end_with(setup["parent"])
    program = setup["program"]
    limits = Limits(setup["memory"], setup["cpu"], setup["output"])
    confine(ORIGINAL, MADE, limits, program)
    arguments = [program[0], *setup["arguments"]]
    os.execve(program[0], arguments, dict(os.environ))  # nosec B606 - a fixed program


if __name__ == "__main__":
    main()
