"""The shell's own problems (接口错误): code -> status and sentences. The queue's refusals have theirs."""

from typing import Final

SENTENCES: Final[dict[str, tuple[int, str, str]]] = {
    # --- who asks ---
    "sign_in_needed": (401, "请先登录，或带上令牌。", "Sign in first, or send a token."),
    "token_invalid": (
        401,
        "令牌无效。请重新登录，或重新生成令牌。",
        "The token is not valid. Sign in again, or make a new token.",
    ),
    "token_expired": (
        401,
        "令牌已过期。请重新登录，或重新生成令牌。",
        "The token has expired. Sign in again, or make a new token.",
    ),
    "token_revoked": (401, "令牌已作废。请重新登录。", "The token was revoked. Sign in again."),
    "sign_in_failed": (
        401,
        "账号或密码不对。请重新输入；忘了密码请找管理员。",
        "The account or the password is wrong. Try again; an administrator can set a new password.",
    ),
    "role_forbidden": (
        403,
        "“{role}”不能做这件事；需要：{wanted}。请换账号登录。",
        "A {role_en} may not do this; it takes: {wanted_en}. Sign in with another account.",
    ),
    "window_of_another": (
        403,
        "您登录的是{mine}，不能操作 {window} 号窗口。请到该窗口登录。",
        "You are signed in at {mine_en}; window {window} is not yours. Sign in at that window.",
    ),
    "push_service_unknown": (
        422,
        "这不是浏览器厂商的推送服务，不能登记。请留着本页。",
        "This is not the push service of a browser's maker. Keep the page open instead.",
    ),
    "push_too_many": (
        409,
        "登记的手机太多了。请留着本页，轮到时它会响。",
        "Too many phones have asked already. Keep the page open: it rings.",
    ),
    "push_not_kept": (
        503,
        "现在登记不了。请留着本页，轮到时它会响。",
        "This can't be noted down now. Keep the page open: it rings.",
    ),
    "ticket_of_another": (403, "这个二维码不是这张号票的。", "This link belongs to another ticket."),
    "too_many_tries": (
        429,
        "登录次数太多。请 {seconds} 秒后再试。",
        "Too many tries to sign in. Try again in {seconds} s.",
    ),
    "too_many_requests": (
        429,
        "请求太频繁。请 {seconds} 秒后再试。",
        "Too many requests. Try again in {seconds} s.",
    ),
    # --- offline slips ---
    "right_invalid": (
        403,
        "离线号段的授权无效。请给持离线号的来宾重新取号。",
        "The right to issue offline is not ours. Give these visitors new numbers.",
    ),
    "right_of_another_day": (
        409,
        "这些离线号是 {day} 的，今天是 {today}。请给来宾重新取号。",
        "These offline numbers are of {day}; today is {today}. Give the visitors new numbers.",
    ),
    # --- screens ---
    "unknown_code": (
        404,
        "没有这个配对码，或已过期。请看屏幕上现在的六位数字。",
        "No screen shows this code, or it has expired. Type the six digits that the screen shows now.",
    ),
    "code_used": (
        409,
        "这个配对码已被别人用了。请在屏幕上刷新，用新的数字。",
        "This code has been used by somebody else. Reload the screen and use its new digits.",
    ),
    "code_ended": (
        410,
        "这块屏的配对码已过期，请取一个新的。",
        "This screen's code has expired. Ask for a new one.",
    ),
    "too_many_codes": (
        429,
        "配对码请求太多。请 {seconds} 秒后再试。",
        "Too many pairing codes. Try again in {seconds} s.",
    ),
    "not_paired": (
        403,
        "这块屏没有配对。请打开 /screen 配对。",
        "This screen is not paired. Open /screen to pair it.",
    ),
    "unknown_screen": (
        404,
        "没有这块屏，可能已解除配对。请刷新本页。",
        "There is no such screen; it may have been unpaired. Reload this page.",
    ),
    "screen_away": (
        409,
        "“{zh}”现在没有连上。请检查电源和网络；它连上后再试。",
        "{zh} is not connected. Check its power and network, and try again once it is.",
    ),
    "no_picture": (
        404,
        "这块屏还没有传来画面。",
        "This screen has not sent a picture of itself yet.",
    ),
    # --- the voice ---
    "voice_take_silent": (
        422,
        "录音里没有声音。请看话筒是否接好、是否被静音，再录一次。",
        "The recording is silent. Look whether the microphone is connected and not muted, then record again.",
    ),
    "voice_take_quiet": (
        422,
        "声音太小（{found}）。请离话筒近一些（一拳左右），再录一次。",
        "Too quiet ({found}). Go nearer to the microphone, about a fist away, and record again.",
    ),
    "voice_take_clipped": (
        422,
        "声音太大，爆音了（{found}）。请调低话筒音量或离远一些，再录一次。",
        "Too loud: the peaks are cut off ({found}). Turn the microphone down or step back, and record again.",
    ),
    "voice_take_short": (
        422,
        "只有 {found}，太短了。请按下录音后再读，读完再停。",
        "Only {found} long. Begin to read after the start, and stop after the end.",
    ),
    "voice_take_long": (
        422,
        "有 {found}，太长了。请只读这一条，周围安静时再录。",
        "{found} is too long. Read this line alone, in a quiet room.",
    ),
    "voice_not_wav": (
        422,
        "不是可用的 WAV（单声道、16 位、22050 Hz）：{found}",
        "Not a WAV that can be used (mono, 16 bits, 22050 Hz): {found}",
    ),
    "voice_pack_unusable": (
        503,
        "录音没有存下来：{found}。请看磁盘空间和 voice-pack 文件夹。",
        "The recordings were not changed: {found}. Look at the disk's space and into the folder voice-pack.",
    ),
    "voice_text": (422, "请输入 1 到 {most} 个字。", "Type 1 to {most} characters."),
    "voice_no_clips": (
        409,
        "录音里没有：{found}。请先录，或换“自动”。",
        "Not among the recordings: {found}. Record it first, or choose “auto”.",
    ),
    "voice_cannot_speak": (
        503,
        "现在合成不了语音：{found}。请运行 run.py doctor。",
        "Nothing can be rendered now: {found}. Run run.py doctor.",
    ),
    "voice_no_player": (
        409,
        "这个扬声器没有连上。请先在接音箱的电脑上打开它的页面。",
        "This loudspeaker is not connected. Open its page on the machine with the loudspeaker first.",
    ),
    "voice_no_language": (
        409,
        "这个大厅不用这种语言播报（{language}）。请看 hall.toml 的 voice.languages。",
        "This hall does not speak that language ({language}). See voice.languages in hall.toml.",
    ),
    # --- forecasts ---
    "forecast_off": (
        409,
        "等候预测没有开。请用 --forecast on 启动服务器。",
        "Forecasts are switched off. Start the server with --forecast on.",
    ),
    "forecast_down": (
        503,
        "预测程序正在启动或刚出故障，稍后自动恢复。请过一会儿再试。",
        "The forecast's process is starting or has just failed; it comes back by itself. Try again in a while.",
    ),
    "forecast_other_rule": (
        409,
        "本大厅用的是“{rule}”规则，推演只支持 number_time。",
        "The hall's rule is {rule}; only number_time can be driven ahead.",
    ),
    "move_changes_nothing": (
        409,
        "{window} 号窗口本来就办这些，或者办不了。请换一个动作。",
        "Window {window} serves that already, or cannot. Try another move.",
    ),
    # --- what was sent ---
    "bad_json": (400, "请求内容不是正确的 JSON：{found}。", "The body is not valid JSON: {found}."),
    "bad_body": (422, "请求内容不对：{found}。", "The body is not as expected: {found}."),
    "bad_query": (422, "参数 {name} 不对：{found}。", "The parameter {name} is not as expected: {found}."),
    "bad_key": (
        422,
        "Idempotency-Key 应为 1–{most} 个可见的 ASCII 字符。",
        "The Idempotency-Key takes 1 to {most} visible ASCII characters.",
    ),
    "body_too_large": (413, "请求内容超过 {most} 字节。", "The body is larger than {most} bytes."),
    "head_too_large": (
        431,
        "请求头超过 {most} 字节。请清除浏览器的 Cookie 后再试。",
        "The request's headers are larger than {most} bytes. Clear the browser's cookies and try again.",
    ),
    "bad_http": (400, "收到的不是正确的 HTTP 请求。", "That was no valid HTTP request."),
    "wrong_content_type": (
        415,
        "请用 Content-Type: {wanted} 发送。",
        "Send the body as Content-Type: {wanted}.",
    ),
    # --- where it was sent ---
    "not_found": (
        404,
        "没有这个地址。请检查网址，或从首页进入。",
        "There is nothing at this address. Check it, or start from the front page.",
    ),
    "method_not_allowed": (405, "这个地址不支持 {method}。", "{method} is not possible here."),
    "http_error": (400, "请求不正确：{found}。", "The request is not correct: {found}."),
    # --- the server's own ---
    "journal_unavailable": (503, "{zh}", "{en}"),
    "stopping": (
        503,
        "服务器正在停止，请稍后再试。",
        "The server is going down. Try again in a moment.",
    ),
    "hall_unavailable": (
        503,
        "大厅 {hall} 现在打不开。请稍后再试；仍不行请维护人员看总页和日志。",
        "The hall {hall} can't be opened now. Try again in a moment; if it goes on, see the index and the log.",
    ),
    "not_ready": (503, "服务器尚未就绪：{found}。", "The server is not ready: {found}."),
    "internal": (
        500,
        "服务器出错，请求没有完成。请重试；仍不行请告诉维护人员。",
        "The server failed on this request. Try again; if it goes on, tell its maintainers.",
    ),
}
