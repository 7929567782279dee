"""The benchmark (性能测量): `python -m bench` measures and writes `docs/performance.md`."""
