/**
 * The slate (写字): words for the visitor over the whole screen of a console, a pad or the window's device, as large as they fit.
 */
const MOST_VMIN = 26;
const LEAST_VMIN = 6;

export class Slate {
  #dialog;
  #text;

  /**
   * @param {HTMLDialogElement} dialog with the cell `text`, and perhaps a button [data-close]
   * @param {() => void} [onClose] it has been closed, by whomever
   */
  constructor(dialog, onClose = () => {}) {
    this.#dialog = dialog;
    this.#text = dialog.querySelector('[data-cell="text"]');
    dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", onClose);
    window.addEventListener("resize", () => dialog.open && this.#fit());
  }

  /** Shows the words; without any it shows nothing. @param {string} text */
  show(text) {
    if (!text) return;
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#text.textContent = text;
    this.#fit();
  }

  hide() {
    this.#dialog.close();
  }

  /** Keeps an open slate true: new words are shown, and it closes when they have been wiped. @param {string} text */
  follow(text) {
    if (!this.#dialog.open) return;
    if (!text) this.#dialog.close();
    else if (this.#text.textContent !== text) this.show(text);
  }

  #fit() {
    const node = this.#text;
    for (let size = MOST_VMIN; size >= LEAST_VMIN; size -= 1) {
      node.style.fontSize = `${size}vmin`;
      if (node.scrollHeight <= node.clientHeight && node.scrollWidth <= node.clientWidth) return;
    }
  }
}
