/** The keys of the guide's page. The field keeps the focus; a button that was reached with Tab keeps its own keys. */
import { IN_HAND } from "./guide-print.js";
import { MARKS } from "./guide-read.js";

/**
 * @param {object} s the page's state
 * @param {import("./guide-find.js").Finder} finder
 * @param {HTMLInputElement} input
 * @param {object} on enter(shift), back(), step(by), printAgain(), applicant(code), mark(code), stepPurpose(by), copies(by), goOn(), act(entry), rush
 */
export function listen(s, finder, input, on) {
  const KEYS = {
    Enter: (event) => (event.repeat ? null : on.enter(event.shiftKey)),
    Escape: () => on.back(),
    ArrowDown: () => on.step(1),
    ArrowUp: () => on.step(-1),
    F2: (event) => (event.repeat ? null : on.rush.toggle()),
    F4: (event) => (event.repeat ? null : on.printAgain()),
  };

  const RUSH = { F3: "same", F6: "reroute", F8: "consult", F9: "collect" };

  /** In rush mode: what a key does, whatever stands in the field. Ctrl+Z with an empty field is the last slip's. */
  function rushed({ key, ctrlKey, altKey, repeat }) {
    if (!s.rush.on || altKey) return null;
    if (ctrlKey) return key.toLowerCase() === "z" && input.value === "" ? () => repeat || on.rush.does.void() : null;
    return RUSH[key] ? () => repeat || on.rush.does[RUSH[key]]() : null;
  }

  function special(event) {
    const { key } = event;
    const inRush = rushed(event);
    if (inRush) return inRush;
    if (s.mode === "draft" && !event.ctrlKey && !event.altKey) {
      const one = finder.hall.applicants.find((known) => known.key !== "" && known.key === key);
      if (one) return () => on.applicant(one.code);
      const mark = MARKS.find((known) => known.key === key);
      if (mark) return () => on.mark(mark.code);
      if (key === "ArrowLeft" || key === "ArrowRight") return () => on.stepPurpose(key === "ArrowLeft" ? -1 : 1);
      if (key === "+" || key === "-") return () => on.copies(key === "+" ? 1 : -1);
    }
    if (s.mode === "issued" && key === "+") return on.goOn;
    if (s.mode === "ticket") {
      const entry = s.entries.find((one) => one.key && one.key === key);
      if (entry) return () => on.act(entry);
    }
    return null;
  }

  document.addEventListener("keydown", (event) => {
    // While an input method composes, Enter, Esc and the arrows are its own.
    if (document.querySelector("dialog[open]")) return; // a dialog's keys are its own
    if (event.isComposing || event.keyCode === 229 || finder.composing) return;
    const onButton = document.activeElement instanceof HTMLButtonElement || document.activeElement instanceof HTMLAnchorElement;
    if (onButton && (event.key === "Enter" || event.key === " " || event.key === "Tab")) return;
    const does = special(event) ?? (event.ctrlKey || event.altKey ? null : KEYS[event.key]);
    if (does) {
      event.preventDefault();
      does(event);
    }
    if (event.key !== "Tab" && document.activeElement !== input) input.focus();
  });
  // On a phone the field takes the focus only when it is touched: its keyboard covers half of the page.
  const focus = () => IN_HAND.matches || input.focus();
  document.addEventListener("click", focus);
  window.addEventListener("focus", focus);
  focus();
}
