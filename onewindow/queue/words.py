"""The words for states that stand in refusals and on pages, Chinese and English."""

from onewindow.queue.state import TicketState, WindowPhase

TICKET_ZH = {
    TicketState.WAITING: "等候中",
    TicketState.CALLED: "已叫号",
    TicketState.SERVING: "办理中",
    TicketState.HELD: "已挂起",
    TicketState.FINISHED: "已办结",
    TicketState.NO_SHOW: "已过号",
    TicketState.CANCELLED: "已取消",
    TicketState.ABANDONED: "已放弃",
}
TICKET_EN = {
    TicketState.WAITING: "waiting",
    TicketState.CALLED: "called",
    TicketState.SERVING: "being served",
    TicketState.HELD: "on hold",
    TicketState.FINISHED: "finished",
    TicketState.NO_SHOW: "a no-show",
    TicketState.CANCELLED: "cancelled",
    TicketState.ABANDONED: "given up",
}
SUSPENSIONS = {
    "power": ("停电", "Power cut"),
    "evacuation": ("紧急疏散", "Evacuation"),
    "system": ("系统故障", "System failure"),
    "other": ("临时情况", "Unforeseen event"),
}
"""Why service is suspended (暂停服务的原因): code -> words."""
MARK_WORDS = {"deaf": ("听障", "Hard of hearing"), "accompany": ("陪同", "To be accompanied")}
"""What staff should know of a visitor (标记)."""
GRADES = {
    5: ("非常满意", "Very satisfied"),
    4: ("满意", "Satisfied"),
    3: ("基本满意", "Fairly satisfied"),
    2: ("不满意", "Dissatisfied"),
    1: ("非常不满意", "Very dissatisfied"),
}
"""The five grades of a rating (好差评)."""
RATING_REASONS = {
    "friendly": ("态度好", "Friendly"),
    "clear": ("讲得清楚", "Explained clearly"),
    "fast": ("办得快", "Fast"),
    "slow": ("等得久、办得慢", "Slow"),
    "unclear": ("一次没讲清", "Not explained at once"),
    "papers": ("要多余的材料", "Needless papers"),
    "manner": ("态度不好", "Unfriendly"),
    "facility": ("设施不便", "Poor facilities"),
}
"""Why, if the visitor says so (评价原因)."""
PHASE_ZH = {WindowPhase.CLOSED: "未开", WindowPhase.OPEN: "已开", WindowPhase.PAUSED: "暂停中"}
PHASE_EN = {WindowPhase.CLOSED: "closed", WindowPhase.OPEN: "open", WindowPhase.PAUSED: "paused"}

COMPLAINTS = ("slow", "unclear", "papers", "manner", "facility")
"""The reasons offered with the two lowest grades."""
