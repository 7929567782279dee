/**
 * The console's keys (按键). A key does nothing while somebody types, while a dialog is open, with Ctrl, Alt or Meta
 * held, or by being kept down. Letters go by the key's place, so that a Chinese input method doesn't swallow them.
 */
const ACTIONS = { KeyR: "recall", KeyN: "no-show", KeyF: "finish", KeyH: "hold", KeyT: "transfer", KeyA: "add-matter", KeyW: "write", KeyU: "undo", KeyP: "pause", KeyJ: "handover", KeyC: "close", KeyS: "help" };
const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const OWN_ENTER = "a[href], button, input, summary, [role=option]";

/**
 * @param {object} page
 * @param {HTMLElement} page.primary the big button
 * @param {(action: string) => void} page.act
 * @param {(index: number) => void} page.take takes the held ticket with this index, from 0
 * @param {(by: number) => void} page.move walks through those who wait
 */
export function listen({ primary, act, take, move }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.isComposing || target.closest(TYPING) || document.querySelector("dialog[open]")) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
    if (event.code === "Space" || event.code === "Enter" || event.code === "NumpadEnter") {
      // A focused button or tick answers its own Space and Enter; the big one's clicks come this way too.
      if (target !== primary && target.closest(OWN_ENTER)) return;
      act("primary");
    } else if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      move(event.code === "ArrowDown" ? 1 : -1);
    } else if (event.key === "?") {
      act("keys");
    } else if (event.shiftKey) {
      return;
    } else if (digit) {
      take(Number(digit[1]) - 1);
    } else if (ACTIONS[event.code]) {
      act(ACTIONS[event.code]);
    } else {
      return;
    }
    event.preventDefault();
  });
  // Space on the focused big button clicks it on the way up as well: once is enough.
  primary.addEventListener("keyup", (event) => event.code === "Space" && event.preventDefault());
}
