/**
 * Finding: what is typed becomes a list, at once and in order. An input method doesn't swallow letters: the text under
 * composition counts too, without the marks that it puts between syllables.
 *
 * Without the server it looks through the hall's files that were read at the start: names, initials and codes.
 */
import { get } from "./api.js";

const LIMIT = 10;
const NUMBER = /^([a-z])[-\s]?(\d{1,4})$/i;

export class Finder {
  #input;
  #onFound;
  #turn = 0;
  #hall = null;
  #waiting = [];
  /** The text that is looked for. */
  text = "";
  /** An answer is still under way. */
  busy = false;
  composing = false;

  /**
   * @param {HTMLInputElement} input
   * @param {(found: {text: string, matters: Array<object>, number: string|null, offline: boolean}) => void} onFound
   */
  constructor(input, onFound) {
    this.#input = input;
    this.#onFound = onFound;
    input.addEventListener("compositionstart", () => (this.composing = true));
    input.addEventListener("compositionupdate", () => setTimeout(() => this.#typed()));
    input.addEventListener("compositionend", () => {
      this.composing = false;
      this.#typed();
    });
    input.addEventListener("input", () => this.#typed());
    get("/api/hall").then(
      (hall) => (this.#hall = hall),
      () => {},
    );
  }

  /** The hall's files as they were read at the start, or null. */
  get hall() {
    return this.#hall;
  }

  clear() {
    this.#input.value = "";
    this.#typed();
  }

  /** Resolves when the list belongs to the text in the field. */
  settled() {
    return this.busy ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  async #typed() {
    const text = this.#input.value.replace(/['’‘`]/g, "").trim();
    if (text === this.text) return;
    this.text = text;
    const turn = ++this.#turn;
    const number = NUMBER.exec(text);
    if (text === "") return this.#tell(turn, { text, matters: [], number: null, offline: false });
    this.busy = true;
    let matters = [];
    let offline = false;
    try {
      ({ matters } = await get(`/api/search?limit=${LIMIT}&q=${encodeURIComponent(text)}`));
    } catch (problem) {
      offline = problem.status === 0 || problem.status >= 500;
      if (offline) matters = this.#lookUp(text);
    }
    this.#tell(turn, { text, matters, number: number ? number[1].toUpperCase() + number[2] : null, offline });
  }

  #tell(turn, found) {
    if (turn !== this.#turn) return;
    this.busy = false;
    this.#onFound(found);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #lookUp(text) {
    if (!this.#hall) return [];
    const wanted = text.toLowerCase().replace(/\s/g, "");
    const zones = new Map(this.#hall.zones.map((zone) => [zone.code, zone]));
    const groups = new Map(this.#hall.groups.map((group) => [group.letter, group.zh]));
    return this.#hall.matters
      .filter((m) => m.zh.includes(wanted) || m.initials.includes(wanted) || m.code.toLowerCase().replace("-", "").includes(wanted.replace("-", "")))
      .slice(0, LIMIT)
      .map((m) => ({ ...m, zone_zh: zones.get(m.zone).short_zh, hue: zones.get(m.zone).hue, group_zh: groups.get(m.group), windows: windowsOf(this.#hall, m.code), open: true, wait: null, hits: [] }));
  }
}

const windowsOf = (hall, code) => hall.windows.filter((w) => w.matters.includes(code) && w.kind !== "agent").map((w) => w.no);
