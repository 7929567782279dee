/**
 * A soft chime (提示音) of two notes, made by the browser. Silent until somebody has touched the page, as browsers
 * want it, and when it is switched off, which is remembered on this computer.
 */
const STORE = "ow-chime";

export class Chime {
  #context = null;

  constructor() {
    const wake = () => this.wake();
    document.addEventListener("pointerdown", wake, { once: true });
    document.addEventListener("keydown", wake, { once: true });
  }

  get on() {
    try {
      return localStorage.getItem(STORE) !== "off";
    } catch {
      return true;
    }
  }

  set on(wanted) {
    try {
      localStorage.setItem(STORE, wanted ? "on" : "off");
    } catch {
      // Without storage it stays on.
    }
  }

  /** Whether a ring would be heard now, as far as the browser tells. */
  get ready() {
    return this.#context?.state === "running";
  }

  ring() {
    if (!this.on || !this.ready) return;
    const start = this.#context.currentTime;
    this.#note(659, start);
    this.#note(880, start + 0.18);
  }

  /** Lets the browser sound, if it will; only a touch or a key can. Resolves when it has been tried. */
  async wake() {
    this.#context ??= new AudioContext();
    await this.#context.resume().catch(() => {});
  }

  #note(hertz, at) {
    const tone = this.#context.createOscillator();
    const gain = this.#context.createGain();
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.12, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
    tone.connect(gain).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  }
}
