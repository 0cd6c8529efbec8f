"""Lock this process in: no network, few paths, bounded memory, time and output.

Every part is best effort, for kernels and containers without it, and nothing here can be
taken back. Call it while the process has one thread: user_namespaces(7) refuses more, and
landlock(7) and seccomp(2) bind the calling thread and those it starts later.

Sources: unshare(2), capabilities(7), capset(2), prctl(2), landlock(7) and
linux/landlock.h, getrlimit(2).
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.media.call_filter import filter_calls

NICENESS = 5
OPEN_FILES_MOST = 32


@dataclass(frozen=True)
class Limits:
    """Bytes of address space, seconds of processor time, bytes of one written file."""

    memory: int
    cpu: int
    output: int


def confine(
    readable: str, writable: str, limits: Limits, program: Sequence[str] = ()
) -> dict[str, bool]:
    """Keep to one readable file and one writable folder; say which parts took hold.

    `program` names the files of a program, its loader and libraries: this process may
    still become it, and all of this goes on to hold. `network` is true when no protocol
    is left to reach another machine.
    """
    os.nice(NICENESS)
    linux = sys.platform == "linux" and _no_new_privileges()
    # A namespace needs privileges that the later parts take away.
    isolated = linux and _leave_network()
    if linux:
        _drop_capabilities()
    files = linux and _only_files(readable, writable, program)
    calls = linux and filter_calls(may_exec=bool(program))
    return {
        "network": isolated or calls,
        "files": files,
        "calls": calls,
        "limits": _limit(limits),
    }


def end_with(parent: int) -> None:
    """Have the kernel end this process, whatever it becomes, with the one that started it.

    prctl(2): with the *thread* that did; it is the one that waits for this process.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(0)


def _limit(limits: Limits) -> bool:
    wanted = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.cpu,
        resource.RLIMIT_FSIZE: limits.output,
        resource.RLIMIT_NOFILE: OPEN_FILES_MOST,
        resource.RLIMIT_CORE: 0,
    }
    held = True
    for kind, most in wanted.items():
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)  # noqa: PLW2901 - the limit that can be had
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            held = False
    return held


# --- privileges and namespaces

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CAPABILITY_VERSION_3 = 0x20080522


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: object) -> bool:
    rest = [*arguments, *[ctypes.c_ulong(0)] * (4 - len(arguments))]
    return bool(_libc().prctl(ctypes.c_int(option), *rest) == 0)


def _no_new_privileges() -> bool:
    """Set what landlock(7) and seccomp(2) ask of an ordinary user's process."""
    return _prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1))


def _leave_network() -> bool:
    """Move into a network of nothing but a loopback that is down."""
    libc = _libc()
    return any(
        libc.unshare(ctypes.c_int(flags)) == 0
        for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET)
    )


def _drop_capabilities() -> bool:
    """Give up what root, or the owner of a fresh user namespace, may do."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    return bool(_libc().capset(ctypes.byref(header), ctypes.byref(nothing)) == 0)


# --- files

_LANDLOCK_CREATE_RULESET = 444
_LANDLOCK_ADD_RULE = 445
_LANDLOCK_RESTRICT_SELF = 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_REMOVE_FILE = 1 << 5
_MAKE_REG = 1 << 8
_TRUNCATE = 1 << 14

_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights on files each ABI knows; REFER, TRUNCATE and IOCTL_DEV came later."""

_NET_ABI = 4
_NET_BIND_AND_CONNECT_TCP = 0b11
_SCOPE_ABI = 6
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


class _RulesetAttr(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneathAttr(ctypes.Structure):
    # The kernel's is packed, which only drops bytes at the end that it does not read.
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def _syscall(number: int, *arguments: object) -> int:
    """Return what the call returns; older kernels read missing newer fields as zero."""
    return int(_libc().syscall(ctypes.c_long(number), *arguments))


def _only_files(readable: str, writable: str, program: Sequence[str]) -> bool:
    version = ctypes.c_uint(_CREATE_RULESET_VERSION)
    abi = _syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), version)
    if abi < 1:
        return False
    known = (1 << _FILE_RIGHTS[min(abi, max(_FILE_RIGHTS))]) - 1
    attr = _RulesetAttr(
        known,
        _NET_BIND_AND_CONNECT_TCP if abi >= _NET_ABI else 0,
        _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= _SCOPE_ABI else 0,
    )
    ruleset = _syscall(
        _LANDLOCK_CREATE_RULESET,
        ctypes.byref(attr),
        ctypes.c_size_t(ctypes.sizeof(attr)),
        ctypes.c_uint(0),
    )
    if ruleset < 0:
        return False
    try:
        makes = _READ_FILE | _WRITE_FILE | _REMOVE_FILE | _MAKE_REG | _TRUNCATE
        return (
            _allow(ruleset, readable, _READ_FILE)
            and _allow(ruleset, writable, makes & known)
            and all(_allow(ruleset, path, _READ_FILE | _EXECUTE) for path in program)
            and _syscall(_LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)) == 0
        )
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> bool:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        attr = _PathBeneathAttr(rights, descriptor)
        done = _syscall(
            _LANDLOCK_ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH_BENEATH),
            ctypes.byref(attr),
            ctypes.c_uint(0),
        )
    finally:
        os.close(descriptor)
    return done == 0
