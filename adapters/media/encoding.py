"""Run ffmpeg on a job's file, and blame whom it is to blame when it fails."""

from __future__ import annotations

import errno
import stat
from collections.abc import Sequence
from pathlib import Path

from adapters.media import ffmpeg
from adapters.media.child_process import SandboxDied
from adapters.media.confinement import Limits
from videohub_core.videos.errors import MediaRefused
from videohub_core.videos.ports import Watch

ENCODING_MEMORY_MOST = 4 * 1024**3
"""The largest pictures take 50 MB each, twice that beyond 8 bits, and decoders keep some
twenty."""
ENCODING_TIME_LEAST = 60.0
ENCODING_TIMES_SLOWER = 20

_OURS = {1, 8, 126, 127, 187}
"""Exit statuses that blame the installation: a crash in Python, a missing filter or codec,
an encoder that does not start (AVERROR_EXTERNAL)."""
_SYSTEM = {
    256 - number
    for number in (
        *(errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
        *(errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EPERM, errno.EAGAIN),
    )
}
"""Exit statuses that blame the system: ffmpeg ends with the negative error number."""


def encode(
    folder: Path,
    arguments: Sequence[str],
    limits: Limits,
    seconds_most: float,
    watch: Watch,
    length: float,
) -> None:
    """Raise SandboxDied for what may pass, MediaRefused for what is the file's fault."""
    try:
        status, said = ffmpeg.run(folder, arguments, limits, seconds_most, watch, length)
    except ffmpeg.TookTooLong as error:
        raise SandboxDied("ffmpeg took too long.") from error
    if status < 0 or status in _OURS | _SYSTEM:
        raise SandboxDied(f"ffmpeg ended with {status}; it said {said!r}.")
    if status > 0:
        raise MediaRefused("damaged")


def made_file(path: Path, most: int) -> Path:
    """Return the path if it is a plain file of its own, of a size that can be."""
    try:
        found = path.lstat()
    except OSError as error:
        raise SandboxDied("The child did not write what it said.") from error
    plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    if not plain or not 0 < found.st_size <= most:
        raise SandboxDied("The child wrote something else than a file that can be.")
    return path
