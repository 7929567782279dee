/** The kiosk goes back to its first screen when nobody touches it: the last seconds are counted down in sight. */

const SHOWN_SECONDS = 10;

export class Idle {
  #seconds = 0;
  #left = 0;
  #timer = 0;
  #show;
  #over;

  /**
   * @param {(left: number|null) => void} show the seconds left once there are few, else null
   * @param {() => void} over
   */
  constructor(show, over) {
    this.#show = show;
    this.#over = over;
    for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => this.again(), true);
  }

  /** Counts down from so many seconds, and anew after each touch. */
  run(seconds) {
    this.stop();
    this.#seconds = this.#left = seconds;
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#show(null);
  }

  again() {
    if (!this.#timer) return;
    this.#left = this.#seconds;
    this.#show(null);
  }

  #tick() {
    this.#left -= 1;
    if (this.#left <= 0) {
      this.stop();
      this.#over();
    } else {
      this.#show(this.#left <= SHOWN_SECONDS ? this.#left : null);
    }
  }
}
