"""Compiling the kernel (编译): by Numba where it is installed; else the same source runs as plain Python.

Imported by the worker, its kernel and the benchmark alone: the serving process never loads Numba or NumPy. Reference
counting is switched off in what is compiled (`_nrt`): the kernel makes no arrays, and counting each use of one took
twenty-five times as long as the work itself.
"""

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

COMPILED: Final = importlib.util.find_spec("numba") is not None
"""Whether kernels are machine code; plain Python takes some hundred times as long."""


def compiled(function: Function) -> Function:
    """The function as machine code, kept on disk between starts (NUMBA_CACHE_DIR says where)."""
    return _made(function, cache=True, nogil=True)


def compiled_part(function: Function) -> Function:
    """A part of a compiled function, put in where it is called: a call would hand over hundreds of array fields."""
    return _made(function, inline="always")


def _made(function: Function, **options: object) -> Function:
    if not COMPILED:
        return function
    njit: Any = importlib.import_module("numba").njit
    return cast(Function, njit(error_model="numpy", _nrt=False, **options)(function))
