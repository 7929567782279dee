"""Checks of chains (一链办理) and devices (设备) against the rest of the hall."""

import re

from onewindow.zones.draft import Draft, refer
from onewindow.zones.faults import Words
from onewindow.zones.model import ChainStep, DeviceKind
from onewindow.zones.rows import Placed

ADDRESS = re.compile(
    r"browser:|network://[^/\s:]+:\d{1,5}|usb://[0-9a-fA-F]{4}:[0-9a-fA-F]{4}|file:///\S+|serial:///[^\s?]+(\?baud=\d+)?"
)


def check_chains(draft: Draft) -> None:
    """Steps in order, known matters, preconditions without a circle, agreement with matters.csv."""
    if draft.chains is None or draft.steps is None:
        return
    for code, steps in draft.steps.items():
        refer(draft.chains[code].row, "zone", [draft.chains[code].value.zone], draft.zones, "zones.csv")
        codes = {step.value.matter for step in steps}
        seen: dict[str, int] = {}
        for place, (step, row) in enumerate(steps, start=1):
            if step.seq not in (place, 0):
                row.fault("seq", Words(f"{place}（按顺序）", f"{place} (in order)"))
            refer(row, "matter_code", [step.matter], draft.matters, "matters.csv")
            if step.matter in seen:
                line = seen[step.matter]
                row.fault(
                    "matter_code",
                    Words(f"一条链中只一次（第 {line} 行已有）", f"once in a chain (line {line} has it)"),
                )
            seen.setdefault(step.matter, row.line)
            for before in step.depends_on:
                if before not in codes:
                    row.fault("depends_on", Words(f"{code} 链中的一步", f"a step of chain {code}"), before)
            matter = (draft.matters or {}).get(step.matter)
            if matter is not None and code not in matter.value.chains:
                matter.row.fault(
                    "chains",
                    Words(f"包含 {code}（chains.csv 第 {row.line} 行）", f"{code} too (chains.csv line {row.line})"),
                )
        if circle := find_circle({placed.value.matter: placed for placed in reversed(steps)}):
            row = next(placed.row for placed in steps if placed.value.matter == circle[0])
            row.fault("depends_on", Words("没有循环的前置关系", "preconditions without a circle"), " → ".join(circle))
    for listed, row in (draft.matters or {}).values():
        for code in listed.chains:
            if code in draft.steps and all(step.value.matter != listed.code for step in draft.steps[code]):
                row.fault(
                    "chains", Words("chains.csv 中含有本事项的链", "a chain that has this matter in chains.csv"), code
                )


def find_circle(steps: dict[str, Placed[ChainStep]]) -> list[str]:
    """One circle among the steps' preconditions, from its first row back to it; empty if there is none."""
    done: set[str] = set()
    for start in steps:
        path = [start]
        while path:
            here = path[-1]
            ahead = next((code for code in steps[here].value.depends_on if code in steps and code not in done), None)
            if ahead is None:
                done.add(path.pop())
            elif ahead in path:
                circle = path[path.index(ahead) :]
                first = min(circle, key=lambda code: steps[code].row.line)
                turn = circle.index(first)
                return [*circle[turn:], *circle[:turn], first]
            else:
                path.append(ahead)
    return []


def check_devices(draft: Draft) -> None:
    """Known zones and windows, and what each kind of device needs."""
    if draft.devices is None:
        return
    for device, row in draft.devices.values():
        refer(row, "zones", device.zones, draft.zones, "zones.csv")
        if device.kind is DeviceKind.WINDOW_SCREEN:
            if device.window is None:
                row.fault("window", Words("窗口号", "the number of its window"))
            for no in refer(row, "window", [device.window or ""], draft.windows, "windows.csv"):
                zone = (draft.windows or {})[no].value.zone
                if device.zones not in ((), (zone,)) and zone in (draft.zones or {}):
                    row.fault("zones", Words(f"空，或窗口所在的 {zone}", f"nothing, or {zone}, where the window is"))
        elif device.window is not None:
            row.fault("window", Words("空（只有窗口屏填写）", "nothing (only a window screen has it)"))
        if device.kind is DeviceKind.ZONE_SCREEN and len(device.zones) != 1:
            row.fault("zones", Words("恰好一个分区", "exactly one zone"))
        if device.kind is DeviceKind.SPEAKER and not device.zones:
            row.fault("zones", Words("至少一个分区", "at least one zone"))
        if device.kind is DeviceKind.PRINTER:
            if device.address and not ADDRESS.fullmatch(device.address):
                kinds = "network://host:port, usb://vendor:product, file:///path, serial:///path?baud=19200, browser:"
                row.fault("address", Words(f"{kinds} 之一，或空", f"one of {kinds}, or nothing"))
        elif device.address:
            row.fault("address", Words("空（只有打印机填写）", "nothing (only a printer has it)"))
