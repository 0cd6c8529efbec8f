"""Lock this process in: no network, two paths, bounded memory, time and output.

Every part is best effort, for kernels and containers without it, and nothing here can be
taken back. Call it while the process has one thread: user_namespaces(7) refuses more, and
landlock(7) and seccomp(2) bind the calling thread and those it starts later.

Sources: unshare(2), capabilities(7), capset(2), prctl(2), landlock(7) and
linux/landlock.h, seccomp(2) and linux/seccomp.h, getrlimit(2).
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass

NICENESS = 5
OPEN_FILES_MOST = 32


@dataclass(frozen=True)
class Limits:
    """Bytes of address space, seconds of processor time, bytes of one written file."""

    memory: int
    cpu: int
    output: int


def confine(readable: str, writable: str, limits: Limits) -> dict[str, bool]:
    """Keep to one readable file and one writable folder; say which parts took hold.

    `network` is true when no protocol is left to reach another machine.
    """
    os.nice(NICENESS)
    linux = sys.platform == "linux" and _no_new_privileges()
    # A namespace needs privileges that the later parts take away.
    isolated = linux and _leave_network()
    if linux:
        _drop_capabilities()
    files = linux and _only_files(readable, writable)
    filtered = linux and _filter_calls()
    return {
        "network": isolated or filtered,
        "files": files,
        "limits": _limit(limits),
    }


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

_PR_SET_SECCOMP = 22
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


def _only_files(readable: str, writable: str) -> bool:
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


# --- system calls

# Namespaces and Landlock leave sockets that have a path (a database, a container engine)
# within reach, and UDP where namespaces are forbidden: so no socket is made at all.
# Without fork and exec, killing the process leaves nothing behind.


@dataclass(frozen=True)
class _Machine:
    """The numbers of one architecture (linux/audit.h, asm/unistd.h)."""

    audit: int
    clone: int
    denied: tuple[int, ...]


_MACHINES = {
    # socket, socketpair, fork, vfork, execve, ptrace, execveat, io_uring_setup
    "x86_64": _Machine(0xC000003E, 56, (41, 53, 57, 58, 59, 101, 322, 425)),
    # socket, socketpair, execve, ptrace, execveat, io_uring_setup
    "aarch64": _Machine(0xC00000B7, 220, (198, 199, 221, 117, 281, 425)),
}

_CLONE3 = 435
_CLONE_THREAD = 0x10000
_X32 = 0x40000000

_LOAD = 0x20
_IF_EQUAL = 0x15
_IF_AT_LEAST = 0x35
_IF_ANY_BIT = 0x45
_RETURN = 0x06

_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in `struct seccomp_data`, on a little-endian machine."""

_ALLOW = 0x7FFF0000
_FAIL = 0x00050000
_KILL_PROCESS = 0x80000000
_MODE_FILTER = 2


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("value", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_uint16),
        ("instructions", ctypes.POINTER(_Instruction)),
    )


def _filter_calls() -> bool:
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or sys.maxsize < 1 << 32:
        return False
    instructions = list(_instructions(machine))
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    return _prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), ctypes.byref(program))


def _instructions(machine: _Machine) -> Iterator[_Instruction]:
    """Yield the filter: a jump of 1 skips the `return` that follows it."""
    yield _Instruction(_LOAD, 0, 0, _ARCHITECTURE)
    yield _Instruction(_IF_EQUAL, 1, 0, machine.audit)
    yield _Instruction(_RETURN, 0, 0, _KILL_PROCESS)
    yield _Instruction(_LOAD, 0, 0, _NUMBER)
    yield _Instruction(_IF_AT_LEAST, 0, 1, _X32)
    yield _Instruction(_RETURN, 0, 0, _FAIL | errno.EPERM)
    for number in machine.denied:
        yield _Instruction(_IF_EQUAL, 0, 1, number)
        yield _Instruction(_RETURN, 0, 0, _FAIL | errno.EPERM)
    # A filter cannot read clone3's flags; told that it is missing, libc uses clone.
    yield _Instruction(_IF_EQUAL, 0, 1, _CLONE3)
    yield _Instruction(_RETURN, 0, 0, _FAIL | errno.ENOSYS)
    yield _Instruction(_IF_EQUAL, 0, 3, machine.clone)
    yield _Instruction(_LOAD, 0, 0, _FIRST_ARGUMENT)
    yield _Instruction(_IF_ANY_BIT, 1, 0, _CLONE_THREAD)
    yield _Instruction(_RETURN, 0, 0, _FAIL | errno.EPERM)
    yield _Instruction(_RETURN, 0, 0, _ALLOW)
