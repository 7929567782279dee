/** Searches that end without a ticket are told to the server, so that the hall learns what people call things. */
import { command } from "./api.js";

const LEAST = 2;
const MOST = 80;

/** Follows what is typed. Going on typing, or back letter by letter, is the same search. */
export class Ended {
  #longest = "";

  /** @param {string} query what is looked for now; empty when the field is */
  typed(query) {
    if (query.startsWith(this.#longest)) {
      this.#longest = query;
      return;
    }
    if (query !== "" && this.#longest.startsWith(query)) return;
    this.lost(this.#longest);
    this.#longest = query;
  }

  /** The search has led to a ticket, or to an answer. */
  taken() {
    this.#longest = "";
  }

  /** @param {string} query a search that led to nothing */
  lost(query) {
    if (query.length < LEAST || query.length > MOST) return;
    command("/api/desk/searches", { query }, { tries: 1 }).catch(() => {}); // a statistic: nobody waits for it
  }
}
