/** Long lists in pages: at most so many rows at once, and two large keys to turn them. */
import { bi, el } from "./dom.js";

export class Paged {
  #rows;
  #size;
  #page = 0;
  #pager;
  #words;
  #before;
  #after;

  /**
   * @param {HTMLElement} list whose children are the rows
   * @param {number} size rows of a page
   */
  constructor(list, size) {
    this.#size = size;
    this.#before = this.#key("上一页", "Previous", -1);
    this.#after = this.#key("下一页", "Next", 1);
    this.#words = el("span", { "aria-live": "polite" });
    this.#pager = el("div", { class: "kiosk__pager" }, this.#before, this.#words, this.#after);
    list.after(this.#pager);
    this.read(list);
  }

  /** Takes the list's rows anew, from the first page. */
  read(list) {
    this.#rows = Array.from(list.children);
    this.turnTo(0);
  }

  turnTo(page) {
    const pages = Math.max(1, Math.ceil(this.#rows.length / this.#size));
    this.#page = Math.min(Math.max(0, page), pages - 1);
    this.#rows.forEach((row, index) => {
      row.hidden = Math.floor(index / this.#size) !== this.#page;
    });
    this.#pager.hidden = pages === 1;
    this.#before.disabled = this.#page === 0;
    this.#after.disabled = this.#page === pages - 1;
    this.#words.textContent = `${this.#page + 1} / ${pages}`;
  }

  #key(zh, en, by) {
    return el("button", { class: "button button--quiet button--kiosk", type: "button", onclick: () => this.turnTo(this.#page + by) }, bi(zh, en));
  }
}
