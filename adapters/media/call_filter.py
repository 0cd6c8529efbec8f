"""Take system calls from this process for good: sockets, other processes, tracing.

Namespaces and Landlock leave sockets that have a path (a database, a container engine)
within reach, and UDP where namespaces are forbidden: so no socket is made at all. Without
fork, killing the process leaves nothing behind.

Sources: seccomp(2), prctl(2), linux/seccomp.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_PR_SET_SECCOMP = 22


@dataclass(frozen=True)
class _Machine:
    """The numbers of one architecture (linux/audit.h, asm/unistd.h)."""

    audit: int
    clone: int
    execve: int
    denied: tuple[int, ...]


_MACHINES = {
    # socket, socketpair, fork, vfork, ptrace, execveat, io_uring_setup
    "x86_64": _Machine(0xC000003E, 56, 59, (41, 53, 57, 58, 101, 322, 425)),
    # socket, socketpair, ptrace, execveat, io_uring_setup
    "aarch64": _Machine(0xC00000B7, 220, 221, (198, 199, 117, 281, 425)),
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


def filter_calls(*, may_exec: bool) -> bool:
    """Load the filter, which needs `no_new_privs`; say whether it holds."""
    machine = _MACHINES.get(os.uname().machine)
    if machine is None or sys.maxsize < 1 << 32:
        return False
    denied = machine.denied if may_exec else (*machine.denied, machine.execve)
    instructions = list(_instructions(machine, denied))
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    nothing = ctypes.c_ulong(0)
    libc = ctypes.CDLL(None, use_errno=True)
    mode = ctypes.c_ulong(_MODE_FILTER)
    done = libc.prctl(_PR_SET_SECCOMP, mode, ctypes.byref(program), nothing, nothing)
    return bool(done == 0)


def _instructions(machine: _Machine, denied: tuple[int, ...]) -> Iterator[_Instruction]:
    """Yield the filter: a jump of 1 skips the `return` that follows it."""
    yield _Instruction(_LOAD, 0, 0, _ARCHITECTURE)
    yield _Instruction(_IF_EQUAL, 1, 0, machine.audit)
    yield _Instruction(_RETURN, 0, 0, _KILL_PROCESS)
    yield _Instruction(_LOAD, 0, 0, _NUMBER)
    yield _Instruction(_IF_AT_LEAST, 0, 1, _X32)
    yield _Instruction(_RETURN, 0, 0, _FAIL | errno.EPERM)
    for number in denied:
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
