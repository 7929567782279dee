/**
 * 叫我 Tell me: sound, vibration and notes, switched on by one touch, because browsers want one first.
 *
 * What it says of itself is what the browser says at that moment: a sound that the phone holds back is shown as off.
 */
import { Chime } from "./chime.js";
import { el } from "./dom.js";
import { keepAwake, subscribe } from "./phone-secure.js";

const SHAKE = [300, 150, 300, 150, 300];

export class Teller {
  #chime = new Chime();
  #on = false;
  /** "": not asked for; "yes", "no" */
  #push = "";
  #box;
  #pushKey;
  #subscribeAt;

  /** @param {HTMLElement} page with data-push and data-token */
  constructor(page) {
    this.#box = page.querySelector('[data-part="tell"]');
    this.#pushKey = page.dataset.push;
    this.#subscribeAt = `/t/${page.dataset.token}/push`;
    this.#box.querySelector("button").addEventListener("click", () => this.#turnOn());
    document.addEventListener("visibilitychange", () => this.#seen());
    setInterval(() => this.#draw(), 2000);
    this.#draw();
  }

  /** @param {boolean} wanted whether there is anything left to be told of */
  show(wanted) {
    this.#box.hidden = !wanted;
  }

  /** Rings and shakes, if it was asked to. */
  tell() {
    if (!this.#on) return;
    this.#chime.ring();
    setTimeout(() => this.#chime.ring(), 900);
    navigator.vibrate?.(SHAKE);
  }

  async #turnOn() {
    this.#on = true;
    this.#chime.on = true;
    await this.#chime.wake();
    this.tell();
    this.#draw();
    keepAwake();
    if (this.#pushKey && this.#push !== "yes") {
      this.#push = (await subscribe(this.#pushKey, this.#subscribeAt)) ? "yes" : "no";
      this.#draw();
    }
  }

  #seen() {
    if (document.visibilityState !== "visible" || !this.#on) return;
    this.#chime.wake().then(() => this.#draw());
    keepAwake();
  }

  #states() {
    if (!this.#on) return [["note", "前面还有两人时、叫到您时，响铃并振动", "Rings and vibrates when two are ahead, and when you are called"]];
    const sound = this.#chime.ready ? ["yes", "会响铃", "Rings"] : ["no", "手机不让响铃，请再点一次", "The phone holds the sound back: tap again"];
    const shake = "vibrate" in navigator ? ["yes", "会振动（手机设了静音或勿扰时除外）", "Vibrates, unless the phone is set not to"] : ["no", "这台手机的浏览器不能振动", "This browser can't vibrate"];
    const note = this.#push === "yes"
      ? ["yes", "锁屏后也会通知", "Notifies you when locked, too"]
      : this.#push === "no"
        ? ["no", "锁屏后的通知没有开成，请让本页亮着", "Notifications could not be set up: keep this page open"]
        : ["note", "锁屏后听不到，请让本页亮着", "Not when the screen is locked: keep this page open"];
    return [sound, shake, note];
  }

  #draw() {
    const states = this.#states();
    const list = this.#box.querySelector('[data-part="tell-states"]');
    const mark = JSON.stringify(states);
    if (list.dataset.mark === mark) return;
    list.dataset.mark = mark;
    this.#box.dataset.on = this.#on ? "yes" : "no";
    this.#box.querySelector("button .bi__zh").textContent = this.#on ? "再试一声" : "叫我";
    this.#box.querySelector("button .bi__en").textContent = this.#on ? "Try it" : "Tell me";
    list.replaceChildren(...states.map(([is, zh, en]) => el("li", { "data-is": is }, zh, el("span", { lang: "en" }, en))));
  }
}
