/**
 * Finding: what is typed becomes a list, at once and in order. An input method doesn't swallow letters: the text under
 * composition counts too, without the marks that it puts between syllables.
 *
 * Without the server it looks through the hall's files that were read at the start: names, initials and codes.
 */
import { get } from "./api.js";
import { Ended } from "./guide-ended.js";
import { beingScanned } from "./guide-read.js";

export const LIMIT = 10;

export class Finder {
  #input;
  #onFound;
  #read;
  #ended = new Ended();
  #turn = 0;
  #hall = null;
  #waiting = [];
  /** The text that is looked for. */
  text = "";
  /** An answer is still under way. */
  busy = false;
  /** Says whether the server is known to be away: then nobody waits for it. */
  away = () => false;
  composing = false;

  /**
   * @param {HTMLInputElement} input
   * @param {(found: {text: string, query: string, matters: Array<object>, ticket: object|null, offline: boolean}) => void} onFound
   * @param {(text: string) => {query: string, ticket: {id: string, number: string}|null}} read what a text asks for
   */
  constructor(input, onFound, read) {
    this.#input = input;
    this.#onFound = onFound;
    this.#read = read;
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

  /** What was looked for has led to a ticket or an answer; clearing the field tells of no search in vain. */
  taken() {
    this.#ended.taken();
  }

  /** A search that led to nothing. */
  lost(query) {
    this.#ended.lost(query);
  }

  /** Reads the field again, because what it means has changed. */
  again() {
    this.text = null;
    this.#typed();
  }

  /** Resolves when the list belongs to the text in the field. */
  settled() {
    return this.busy ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  async #typed() {
    const text = this.#input.value.replace(/['’‘`]/g, "").trim();
    const { query, ticket } = this.#read(text);
    if (ticket || beingScanned(text)) this.#ended.taken();
    else if (!this.composing) this.#ended.typed(query);
    if (text === this.text) return;
    this.text = text;
    const turn = ++this.#turn;
    if (query === "" || beingScanned(text)) return this.#tell(turn, { text, query, matters: [], ticket, offline: false });
    this.busy = true;
    this.#tell(turn, { text, query, ...(await this.look(query)), ticket });
  }

  /**
   * The matters that fit, from the server or, without it, from the hall's files.
   *
   * @param {string} query
   * @returns {Promise<{matters: Array<object>, offline: boolean}>}
   */
  async look(query) {
    if (this.away()) return { matters: this.#lookUp(query), offline: true };
    try {
      const { matters } = await get(`/api/search?limit=${LIMIT}&q=${encodeURIComponent(query)}`);
      return { matters, offline: false };
    } catch (problem) {
      const offline = problem.status === 0 || problem.status >= 500;
      return { matters: offline ? this.#lookUp(query) : [], offline };
    }
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
