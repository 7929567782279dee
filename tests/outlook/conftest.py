"""One place for the compiled kernel of all tests: compiling takes a core for some twenty seconds."""

import os

from tests.server import ROOT

CACHE = ROOT / ".pytest_cache" / "outlook" / "compiled"
# Before Numba is imported, and for the workers that inherit it.
os.environ["NUMBA_CACHE_DIR"] = str(CACHE)
