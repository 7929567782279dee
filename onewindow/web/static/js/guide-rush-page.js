/** Rush mode put together: its memory, its acts, its view, and the switch. */
import { IN_HAND } from "./guide-print.js";
import { rushActs } from "./guide-rush.js";
import { rushMode, rushPanel, RushView } from "./guide-rush-view.js";
import { drawService } from "./guide-service.js";
import { Slips } from "./guide-slips.js";

const PLACE = "guide.rush";

/** Whether the page was in rush mode before its reload. */
function kept() {
  try {
    return sessionStorage.getItem(PLACE) === "on";
  } catch {
    return false; // a browser that keeps nothing begins in the usual mode
  }
}

/** Rush mode's part of the page's state. */
export const rushState = (day) => ({ on: kept(), jobs: [], last: null, note: null, target: null, same: null, slips: new Slips(day) });

/**
 * @param {object} s the page's state
 * @param {object} page finder, input, part(name), main, most (folders at once), perTurn, draw(), refresh(), print(id), printAgain(), clear(), offline
 */
export function rushPage(s, page) {
  const { finder, input, part } = page;
  const { rush } = s;
  const classes = () => finder.hall?.applicants ?? [];
  const acts = rushActs(s, { ...page, classes, shown: () => IN_HAND.matches && window.scrollTo(0, 0) });
  const does = {
    enter: () => acts.enter(),
    collect: () => acts.enter("collect"),
    consult: acts.consult,
    same: acts.samePerson,
    reroute: acts.rerouteLast,
    void: acts.voidLast,
    print: page.printAgain,
  };
  const view = new RushView({ pad: part("pad"), classes: part("classes"), marks: part("marks"), bar: part("bar") }, { write, does });
  const button = part("rush");
  button.hidden = false;
  button.addEventListener("click", toggle);

  /** Writes into the field as if it were typed. */
  function write(change) {
    input.value = change(input.value, classes());
    input.dispatchEvent(new Event("input"));
    if (!IN_HAND.matches) input.focus();
  }

  function toggle() {
    if (s.draft?.locked) return;
    finder.taken();
    page.clear();
    rush.on = !rush.on;
    rush.target = rush.same = rush.note = null;
    try {
      sessionStorage.setItem(PLACE, rush.on ? "on" : "off");
    } catch {
      /* the mode then lasts until the reload */
    }
    finder.again();
  }

  function draw() {
    page.main.dataset.mode = s.mode;
    page.main.dataset.rush = rush.on ? "on" : "off";
    drawService(part("service"), s.desk);
    page.main.dataset.called = s.desk?.called.length ? "yes" : "no";
    page.main.dataset.typed = input.value === "" ? "no" : "yes";
    button.setAttribute("aria-pressed", String(rush.on));
    view.draw({ on: rush.on, text: input.value, desk: s.desk, classes: classes(), most: page.most, perTurn: page.perTurn });
  }

  /** A found ticket that is to be rerouted, or whose person has one more matter: the next Enter does it. */
  function adopt() {
    if (s.reroute) rush.target = { slip: s.reroute };
    if (s.visit) rush.same = { slip: { number: s.visit.number, visit: s.visit.id, id: s.visit.ticket } };
    s.reroute = s.visit = null;
  }

  return {
    ...acts,
    does,
    toggle,
    draw,
    adopt,
    mode: () => rushMode(rush),
    panel: (offline) => rushPanel({ ...rush, note: rush.note ?? s.said }, offline),
  };
}
