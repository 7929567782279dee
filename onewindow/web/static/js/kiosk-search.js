/** The kiosk's search: pinyin initials on its own keys, matters as large rows. */
import { get } from "./api.js";
import { bi, el } from "./dom.js";
import { Paged } from "./kiosk-pages.js";

const ROWS = 5;
const LONGEST = 12;

export class Search {
  #text = "";
  #turn = 0;
  #list;
  #paged;
  #onText;

  /** @param {(text: string) => void} onText what has been typed, to be shown large */
  constructor(onText) {
    this.#onText = onText;
    this.#list = document.querySelector('[data-part="found"]');
    this.#paged = new Paged(this.#list, ROWS);
    document.querySelector('[data-part="keys"]').addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      if (key) this.#press(key);
    });
  }

  /** Begins with an empty line. */
  open() {
    this.#set("");
  }

  #press(key) {
    this.#set(key === "back" ? this.#text.slice(0, -1) : (this.#text + key).slice(0, LONGEST));
  }

  async #set(text) {
    this.#text = text;
    this.#onText(text);
    const turn = ++this.#turn;
    if (text === "") return this.#draw([], "例如：身份证 sfz", "For example: sfz for 身份证 (identity card)");
    try {
      const { matters } = await get(`/api/search?limit=20&q=${encodeURIComponent(text)}`);
      if (turn === this.#turn) this.#draw(matters, "没有找到，请换一个说法或按服务区选", "Nothing found: try other letters, or choose by area");
    } catch {
      if (turn === this.#turn) this.#draw([], "连接中断，请到导询台", "No connection: please go to the guide desk");
    }
    return undefined;
  }

  #draw(matters, zh, en) {
    const rows = matters.map((matter) =>
      el(
        "a",
        { class: "rows__row", href: "#take", "data-item": "matter", "data-code": matter.code, "data-zh": matter.zh, "data-en": matter.en },
        el("span", { class: "rows__title" }, bi(matter.zh, matter.en)),
        el("span", { class: "kiosk__papers" }, matter.zone_zh),
      ),
    );
    this.#list.replaceChildren(...(rows.length ? rows : [el("p", { class: "empty" }, bi(zh, en))]));
    this.#paged.read(this.#list);
  }
}
