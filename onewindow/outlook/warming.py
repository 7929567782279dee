"""The smallest area (最小快照): one window, somebody who waits, somebody who comes; to compile the kernel with."""

from onewindow.forecast.snapshot import AimAt, Snapshot, TicketAt, WindowAt


def smallest() -> Snapshot:
    """A snapshot with one of everything."""
    return Snapshot(
        day="2026-01-01",
        at=0,
        area="warm",
        windows=(WindowAt(no="1", zone="z", comprehensive=True, open=True, idle_since=0, busy=False),),
        aims=(
            AimAt(
                zone="z",
                group="A",
                matter="M",
                purpose="handle",
                windows=(0,),
                work=5.0,
                mean_ms=300_000.0,
                share=1.0,
            ),
        ),
        tickets=(
            TicketAt(
                id="t", aim=0, bound=-1, credit=0, seniority=-1, issued_at=-1, work=5.0, mean_ms=300_000.0, visit=-1
            ),
        ),
        sets=((0,),),
        work=(5.0,),
        credits=(0,),
        credit_shares=(1.0,),
        rates=((3_600_000, 1e-6),),
        visits=0,
        headstart=0,
        kappa=1.0,
        tau=10.0,
        sigma=0.5,
        walk_ms=1000,
        gap_ms=1000,
        miss_share=0.01,
        miss_ms=60_000,
        slow=1.0,
    )
