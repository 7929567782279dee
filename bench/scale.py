"""From one hall to a country, on paper (规模推算): the arithmetic of `docs/scale.md` from what was measured."""

import math
from typing import Final, NamedTuple

FULL: Final = 0.8
"""A process is full at this share of a core, Redis too: chance makes the rest."""
SHARD_GIB: Final = 16
"""What one Redis keeps in memory."""
DAYS_KEPT: Final = 2
"""Today and the day before; older ones are put into files (`run.py archive`)."""
PEAK_SHARE: Final = 0.27
"""The busiest hour's share of a day's visits in the sample hall's profile."""
MONDAY: Final = 1.18
SCREENS: Final = 60
PHONES: Final = 40
"""In a hall of the sample's size at its peak."""
VISITS: Final = 1500
"""A sample hall's, a day."""


class Costs(NamedTuple):
    """What was measured. `cpu`: seconds of processor."""

    process_mib: float
    hall_mib: float
    """A loaded hall, nobody there."""
    hall_cpu: float
    """A second."""
    socket_kib: float
    socket_cpu: float
    """A second, waiting."""
    visit_cpu: float
    """Its commands, and the frames to all screens and phones."""
    socket_bytes: float
    """Out, a second, at the peak."""
    forecast_cpu: float
    """A second, a hall at its peak, where a forecaster has time for all."""
    visit_bytes: float
    """In the journal."""
    append_cpu: float
    """Of Redis, a commit."""
    redis_cpu: float
    """Of Redis, a second, a loaded hall with nobody there."""
    redis_commands: float
    redis_connections: float
    """… a hall and process."""


class Size(NamedTuple):
    """A deployment."""

    zh: str
    en: str
    halls: int
    visits: float
    """A day, of all halls."""


SIZES: Final = (
    Size("一个大厅", "one hall", 1, VISITS),
    Size("一个省", "a province", 150, 150 * VISITS),
    Size("全国", "a country", 3000, 10_000_000),
)


class Need(NamedTuple):
    """What it takes at the peak hour of a Monday."""

    visits: float
    """A second."""
    sockets: int
    cores: float
    processes: int
    memory_gib: float
    mbytes: float
    """A second, out."""
    forecast_cores: float
    redis_commands: float
    redis_cores: float
    redis_gib: float
    """For the days kept."""
    shards: int
    load_seconds: float
    """Of one core, to load all halls after a crash of everything."""


def need(size: Size, costs: Costs, load_cpu: float) -> Need:
    """What a deployment takes. `load_cpu`: to load one hall."""
    fold = size.visits / size.halls / VISITS
    visits = size.visits * PEAK_SHARE * MONDAY / 3600
    sockets = round(size.halls * (SCREENS + PHONES * fold))
    # A visit's frames go to those who wait with it: as many more as the hall has.
    crowd = (SCREENS + PHONES * fold) / (SCREENS + PHONES)
    cores = size.halls * costs.hall_cpu + sockets * costs.socket_cpu + visits * costs.visit_cpu * crowd
    processes = math.ceil(cores / FULL)
    memory = processes * costs.process_mib + size.halls * costs.hall_mib + sockets * costs.socket_kib / 1024
    redis = size.halls * costs.redis_cpu + visits * 3 * costs.append_cpu
    kept = size.visits * costs.visit_bytes * DAYS_KEPT / 2**30
    return Need(
        visits=visits,
        sockets=sockets,
        cores=cores,
        processes=processes,
        memory_gib=memory / 1024,
        mbytes=sockets * costs.socket_bytes * fold / 1e6,
        forecast_cores=size.halls * costs.forecast_cpu * fold,
        redis_commands=size.halls * costs.redis_commands + visits * 3,
        redis_cores=redis,
        redis_gib=kept,
        shards=max(math.ceil(redis / FULL), math.ceil(kept / SHARD_GIB)),
        load_seconds=size.halls * load_cpu,
    )


def plan(costs: Costs, load_cpu: float, measured: str) -> str:
    """The section of `docs/scale.md`."""
    needs = [need(size, costs, load_cpu) for size in SIZES]
    rows = [
        ("visits a day", [f"{size.visits:,.0f}" for size in SIZES]),
        ("visits a second in the busiest hour", [f"{one.visits:,.2f}" for one in needs]),
        ("screens and phones", [f"{one.sockets:,}" for one in needs]),
        ("cores for the halls", [f"{one.cores:.2f}" for one in needs]),
        (f"processes, each full at {FULL:.0%} of a core", [f"{one.processes:,}" for one in needs]),
        ("their memory, GiB", [f"{one.memory_gib:.1f}" for one in needs]),
        ("frames out, MB a second", [f"{one.mbytes:.2f}" for one in needs]),
        ("cores for forecasts once a second", [f"{one.forecast_cores:.1f}" for one in needs]),
        ("Redis: commands a second", [f"{one.redis_commands:,.0f}" for one in needs]),
        ("Redis: cores", [f"{one.redis_cores:.2f}" for one in needs]),
        (f"Redis: memory for {DAYS_KEPT} days, GiB", [f"{one.redis_gib:.2f}" for one in needs]),
        (f"Redis: shards of {SHARD_GIB} GiB", [f"{one.shards}" for one in needs]),
        ("core-seconds to load every hall anew", [f"{one.load_seconds:.0f}" for one in needs]),
    ]
    return "\n".join(
        [
            f"Computed by `python -m bench.halls` from what it measured ({measured}).",
            "",
            "| | " + " | ".join(f"{size.zh} {size.en} ({size.halls:,})" for size in SIZES) + " |",
            "| --- |" + " --- |" * len(SIZES),
            *(f"| {what} | " + " | ".join(values) + " |" for what, values in rows),
        ]
    )
