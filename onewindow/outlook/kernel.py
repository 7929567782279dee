"""The kernel (预测内核): the rule "number-time with head starts", driven forward from one state. A declared twin.

`run_path` is the twin of `onewindow.routing.number_time` and of what `queue.evolve` does around a call: given who
waits, who comes when, and how long each takes, it says when each is called, and where. It draws nothing; a test holds
it against the core ticket by ticket. Times are whole ms from the moment of the forecast; work is minutes, as in the
rule. All arrays are one-dimensional, so that the same source also runs on plain lists.

An **imagined newcomer** of each (matter set, credit) stands at time 0 behind everybody issued so far, and is in
nobody's way: it is noted when a window would have called it.

Order at one moment: services end (by window), breaks begin, breaks end, tickets come (in their order). A window that
ends a service lets go of the person first, whose other tickets stand in their lines again; then it calls; then those
tickets are offered to idle windows: specialist ones first, then whichever has been idle longest.
"""

from onewindow.outlook.compiled import compiled, compiled_part
from onewindow.outlook.world import ABSENT, BUSY, CALLED, IDLE, NEVER, SHUT, WAITING, Scratch, Trace, World


@compiled_part
def stand(i: int, world: World, trace: Trace, room: Scratch) -> None:
    """Put ticket `i` into its line, by seniority and then by issue order, which is its index."""
    line = trace.t_set[i] * world.credits + trace.t_credit[i]
    mine = trace.t_seniority[i]
    last = room.tail[line]
    if last >= 0 and (trace.t_seniority[last] < mine or (trace.t_seniority[last] == mine and last < i)):
        before, here = last, -1
    else:
        before, here = -1, room.head[line]
        while here >= 0 and (trace.t_seniority[here] < mine or (trace.t_seniority[here] == mine and here < i)):
            before = here
            here = room.follow[here]
    room.follow[i] = here
    if before < 0:
        room.head[line] = i
    else:
        room.follow[before] = i
    if here < 0:
        room.tail[line] = i
    room.in_line[i] = 1
    room.count[trace.t_set[i]] += 1
    room.work[trace.t_set[i]] += trace.t_work[i]


@compiled_part
def leave(i: int, world: World, trace: Trace, room: Scratch) -> None:
    """Take ticket `i` out of its line."""
    s = trace.t_set[i]
    line = s * world.credits + trace.t_credit[i]
    before, here = -1, room.head[line]
    while here != i:
        before = here
        here = room.follow[here]
    after = room.follow[i]
    if before < 0:
        room.head[line] = after
    else:
        room.follow[before] = after
    if after < 0:
        room.tail[line] = before
    room.in_line[i] = 0
    room.count[s] -= 1
    room.work[s] = room.work[s] - trace.t_work[i] if room.count[s] > 0 else 0.0


@compiled_part
def set_open(w: int, by: int, world: World, room: Scratch) -> None:
    """Count window `w` in (`by` = 1) or out (-1) where the rule counts open windows."""
    if world.w_comprehensive[w] == 1:
        room.comprehensive_open[world.w_zone[w]] += by
    else:
        for at in range(world.ws[w], world.ws[w + 1]):
            room.specialists_open[world.ws_set[at]] += by


@compiled_part
def first_by_the_rule(w: int, world: World, trace: Trace, room: Scratch) -> int:
    """The ticket that window `w` calls by the rule, or -1; leaves the sets' shifts in `room.shift`."""
    head_starts = world.headstart > 0 and world.w_comprehensive[w] == 1
    most_work = 0.0
    if head_starts:
        only = 0.0
        for at in range(world.ws[w], world.ws[w + 1]):
            if world.s_specialists[world.ws_set[at]] == 0:
                only += room.work[world.ws_set[at]]
        most_work = world.kappa * (only / max(1, room.comprehensive_open[world.w_zone[w]])) + world.tau
    best, best_key = -1, NEVER
    for at in range(world.ws[w], world.ws[w + 1]):
        s = world.ws_set[at]
        shift = 0
        if head_starts and room.specialists_open[s] > 0 and room.work[s] / room.specialists_open[s] <= most_work:
            shift = world.headstart
        room.shift[s] = shift
        if room.count[s] > 0:
            for c in range(world.credits):
                i = room.head[s * world.credits + c]
                if i >= 0:
                    key = trace.t_seniority[i] - world.credit[c] + shift
                    if key < best_key or (key == best_key and i < best):
                        best, best_key = i, key
    return best


@compiled_part
def note_newcomers(w: int, best: int, now: int, world: World, trace: Trace, room: Scratch) -> None:
    """Note the imagined newcomers whom window `w` would call rather than `best` (-1: nobody)."""
    best_key = NEVER
    if best >= 0:
        best_key = trace.t_seniority[best] - world.credit[trace.t_credit[best]] + room.shift[trace.t_set[best]]
    for at in range(world.ws[w], world.ws[w + 1]):
        s = world.ws_set[at]
        for c in range(world.credits):
            line = s * world.credits + c
            key = room.shift[s] - world.credit[c]
            if room.newcomer_at[line] < 0 and (key < best_key or (key == best_key and best >= world.tickets)):
                room.newcomer_at[line] = now
                room.left[1] -= 1


@compiled_part
def call(i: int, w: int, now: int, world: World, trace: Trace, room: Scratch) -> None:
    """Call ticket `i`, the front of its line, to window `w`: the person's other tickets leave their lines."""
    leave(i, world, trace, room)
    room.status[i] = CALLED
    room.called_at[i] = now
    room.called_by[i] = w
    room.w_visit[w] = -1
    if i < world.tickets:
        room.left[0] -= world.t_awaited[i]
        visit = world.t_visit[i]
        if visit >= 0:
            room.v_busy[visit] = 1
            room.w_visit[w] = visit
            for at in range(world.v[visit], world.v[visit + 1]):
                other = world.v_ticket[at]
                if room.in_line[other] == 1:
                    leave(other, world, trace, room)
    lasts = trace.t_lasts[i] if trace.t_gone[i] > now else world.vain_ms
    if world.slow != 1.0 and world.w_comprehensive[w] == 1 and world.s_specialists[trace.t_set[i]] > 0:
        lasts = int(lasts * world.slow)
    room.w_state[w] = BUSY
    room.w_until[w] = now + lasts


@compiled_part
def drop_gone(i: int, now: int, world: World, trace: Trace, room: Scratch) -> int:
    """Take ticket `i` out if its person has given up on record: 1 if so. It is looked at when its turn has come.

    What is noted is when it would have been called: its forecast is for somebody who stays.
    """
    if trace.t_gone[i] > now or trace.t_silent[i] == 1:
        return 0
    leave(i, world, trace, room)
    room.status[i] = CALLED
    room.called_at[i] = now
    if i < world.tickets:
        room.left[0] -= world.t_awaited[i]
    return 1


@compiled_part
def idle_for(i: int, world: World, trace: Trace, room: Scratch) -> int:
    """The idle window that calls when ticket `i` has come, or -1: a specialist one first, then the longest idle."""
    chosen = -1
    if room.in_line[i] == 1:
        for at in range(world.sw[trace.t_set[i]], world.sw[trace.t_set[i] + 1]):
            w = world.sw_window[at]
            if room.w_state[w] != IDLE:
                continue
            if chosen < 0 or world.w_comprehensive[w] < world.w_comprehensive[chosen]:
                chosen = w
            elif world.w_comprehensive[w] == world.w_comprehensive[chosen]:
                chosen = w if room.w_idle_since[w] < room.w_idle_since[chosen] else chosen
    return chosen


@compiled_part
def begin(world: World, trace: Trace, room: Scratch, newcomers: int) -> None:
    """Set the room up as the state is at time 0; the lines are empty yet."""
    for line in range(world.sets * world.credits):
        room.head[line] = -1
        room.tail[line] = -1
        room.newcomer_at[line] = -1
    for s in range(world.sets):
        room.count[s] = 0
        room.work[s] = 0.0
        room.specialists_open[s] = 0
    for zone in range(len(room.comprehensive_open)):
        room.comprehensive_open[zone] = 0
    for visit in range(world.visits):
        room.v_busy[visit] = 0
    for i in range(len(trace.t_set)):
        room.called_at[i] = -1
        room.called_by[i] = -1
        room.in_line[i] = 0
        room.status[i] = world.t_status[i] if i < world.tickets else ABSENT
    room.left[0] = world.awaited
    room.left[1] = 0
    for s in range(world.sets):
        room.left[1] += newcomers * world.s_servable[s] * world.credits
    for w in range(world.windows):
        room.w_state[w] = world.w_state[w]
        room.w_until[w] = trace.w_until[w]
        room.w_break[w] = world.w_breaks[w]
        room.w_idle_since[w] = world.w_idle_since[w]
        room.w_visit[w] = world.w_visit[w]
        if world.w_state[w] == BUSY and world.w_visit[w] >= 0:
            room.v_busy[world.w_visit[w]] = 1
        if world.w_state[w] != SHUT:
            set_open(w, 1, world, room)


@compiled_part
def next_event(world: World, room: Scratch) -> tuple[int, int, int]:
    """When, what (0 a service ends, 1 a break begins, 2 a break ends) and at which window something happens next."""
    when, what, where = NEVER, 3, -1
    for w in range(world.windows):
        state = room.w_state[w]
        at, kind = NEVER, 0
        if state == BUSY:
            at = room.w_until[w]
        elif room.w_break[w] < world.w_breaks[w + 1]:
            if state == IDLE:
                at, kind = world.break_start[room.w_break[w]], 1
            else:
                at, kind = world.break_end[room.w_break[w]], 2
        if at < when or (at == when and kind < what and at < NEVER):
            when, what, where = at, kind, w
    return when, what, where


@compiled_part
def free(w: int, now: int, world: World, room: Scratch) -> int:
    """Window `w` has ended a service: lets the person go. Returns whether a break of the window is due."""
    pointer = room.w_break[w]
    while pointer < world.w_breaks[w + 1] and world.break_end[pointer] <= now:
        pointer += 1
    room.w_break[w] = pointer
    room.w_state[w] = IDLE
    room.w_idle_since[w] = now
    if room.w_visit[w] >= 0:
        room.v_busy[room.w_visit[w]] = 0
    return 1 if pointer < world.w_breaks[w + 1] and world.break_start[pointer] <= now else 0


@compiled
def run_path(world: World, trace: Trace, entries: int, room: Scratch, until: int, newcomers: int) -> None:
    """Drive one path of so many entries: `room.called_at`, `called_by` and `newcomer_at` say what came of it.

    With `newcomers` = 1 imagined ones are noted, and it ends as soon as they and everybody of the state are called;
    else, or when that takes too long, at `until` (ms).
    """
    begin(world, trace, room, newcomers)
    coming, standing, starting, now = 0, 0, 0, 0
    while True:
        # What happens: which tickets come to stand (`first` to `last` of a visit, or one), which window decides.
        w, one, visit, due = -1, -1, -1, 0
        if standing < world.tickets:
            if world.t_status[standing] == WAITING and world.t_resting[standing] == 0:
                one = standing
            standing += 1
        elif starting < world.windows:
            if room.w_state[starting] == IDLE:
                w = starting
            starting += 1
        else:
            if newcomers == 1 and room.left[0] + room.left[1] <= 0:
                break
            now, what, w = next_event(world, room)
            if coming < entries and trace.entry_at[coming] < now:
                now, what, w = trace.entry_at[coming], 3, -1
            if now > until or now >= NEVER:
                break
            if what == 0:
                visit = room.w_visit[w]
                due = free(w, now, world, room)
                room.w_visit[w] = -1
            elif what == 1:
                due = 2
            elif what == 2:
                room.w_break[w] += 1
                room.w_state[w] = IDLE
                room.w_idle_since[w] = now
                set_open(w, 1, world, room)
            else:
                one = trace.entry_ticket[coming]
                coming += 1
                room.status[one] = WAITING
                if one < world.tickets and world.t_visit[one] >= 0 and room.v_busy[world.t_visit[one]] == 1:
                    one = -1
        # They stand.
        stood = 0
        more = world.v[visit + 1] - world.v[visit] if visit >= 0 else 0
        for place in range(max(more, 1)):
            i = world.v_ticket[world.v[visit] + place] if visit >= 0 else one
            if i >= 0 and room.status[i] == WAITING and room.in_line[i] == 0:
                stand(i, world, trace, room)
                room.stood[stood] = i
                stood += 1
        if standing <= world.tickets and starting == 0:
            stood = 0
        # The window decides, then idle ones to which the tickets are offered.
        at = 0
        while True:
            if w >= 0:
                if due == 0 or (due == 1 and world.w_clears[w] == 1):
                    best = first_by_the_rule(w, world, trace, room)
                    while best >= 0 and drop_gone(best, now, world, trace, room) == 1:
                        best = first_by_the_rule(w, world, trace, room)
                    if room.left[1] > 0:
                        note_newcomers(w, best, now, world, trace, room)
                    if best >= 0:
                        call(best, w, now, world, trace, room)
                if due > 0 and room.w_state[w] == IDLE:
                    room.w_state[w] = SHUT
                    set_open(w, -1, world, room)
                w, due = -1, 0
            while at < stood:
                w = idle_for(room.stood[at], world, trace, room)
                if w >= 0:
                    break
                at += 1
            if w < 0:
                break
