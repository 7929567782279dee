/**
 * The player of a loudspeaker (扬声器): plays what the server sends, one announcement at a time, and
 * acknowledges it. The server owns the order; a player never chooses, repeats or skips by itself.
 *
 * Frames and acknowledgements are described in onewindow/voice/players.py. An announcement is played as
 * a WAV; without one (or when it cannot be fetched) the browser's own voice speaks its text, and without a
 * Chinese voice the chime alone sounds, which the server is told as a failure, so that the clerk knows.
 *
 * A browser blocks sound until somebody has touched the page, unless it was started with
 * --autoplay-policy=no-user-gesture-required. The page then shows 「无声」 (onMuted) and a button to press
 * (onTapNeeded), whose click calls `tap()`.
 * @typedef {{id: string, url: string | null, duration: number, expires: number,
 *            text_zh: string, text_en: string, volume?: number, most?: number, ask?: boolean}} Item
 * @typedef {{v: number, kind: "snapshot" | "delta" | "beat", play?: Item | null, lease?: boolean,
 *            chime?: string, beat?: number, volume?: number, begin?: {id: string, n: number, now: boolean}}} Frame
 * @typedef {{ack: string, what: "started" | "ended" | "failed" | "muted", reason?: string}
 *           | {beat: true, muted: boolean}} Message
 */

import { Stopped, ownVoice, speakText } from "./own-voice.js";
import { Asking } from "./speaker-asking.js";
import { outlet, ownVolume } from "./speaker-volume.js";

const FETCH_MS = 5000;
const RESUME_MS = 800; // How long a context that may sound takes to say so.
const REMEMBERED = 200; // Items, so that one sent again after a broken connection is not said again.

export class Speaker {
  #send;
  #asking;
  #onMuted;
  #onTapNeeded;
  #onPlaying;
  #onLease;
  /** @type {AudioContext | null} */ #context = null;
  /** @type {AudioBuffer | null} */ #chime = null;
  /** @type {Map<string, Message>} */ #acknowledged = new Map();
  /** @type {Message[]} */ #unsent = [];
  /** @type {{id: string, begun: boolean, stop: () => void} | null} */ #current = null;
  /** @type {boolean | null} */ #muted = null;
  /** @type {GainNode | null} */ #gain = null;
  /** 0…1 for all that sounds. */
  #volume = 1;
  #set = 100;
  #most = 100;
  #onVolume;

  /**
   * @param {object} page
   * @param {(message: Message) => boolean} page.send  writes to the socket; false when it is not open
   * @param {(muted: boolean) => void} [page.onMuted]  show or hide 「无声」
   * @param {(needed: boolean) => void} [page.onTapNeeded]  show or hide the button that calls `tap()`
   * @param {(item: Item | null) => void} [page.onPlaying]  what sounds now
   * @param {(held: boolean) => void} [page.onLease]  whether this device sounds or stands by
   * @param {(volume: number) => void} [page.onVolume]  how loud it is, per cent
   */
  constructor({ send, onMuted, onTapNeeded, onPlaying, onLease, onVolume }) {
    this.#send = send;
    this.#asking = new Asking(send);
    this.#onMuted = onMuted ?? (() => {});
    this.#onTapNeeded = onTapNeeded ?? (() => {});
    this.#onPlaying = onPlaying ?? (() => {});
    this.#onLease = onLease ?? (() => {});
    this.#onVolume = onVolume ?? (() => {});
  }

  /** Whether sound is blocked (无声). */
  get muted() {
    return this.#context?.state !== "running";
  }

  /** Opens the sound and begins to beat. Resolves when it is known whether sound is allowed. */
  async start() {
    this.#context = new AudioContext();
    this.#gain = this.#context.createGain();
    this.#gain.connect(outlet(this.#context));
    this.#context.addEventListener("statechange", () => this.#look());
    window.speechSynthesis?.getVoices(); // the list loads on the first asking
    await this.#resume();
    window.setInterval(() => this.#beat(), 5000);
    this.#look();
  }

  /** Call from a click or touch: the browser then allows sound. */
  async tap() {
    await this.#resume();
    this.#look();
  }

  /**
   * A frame from the server. Frames for a device on standby carry no items.
   *
   * @param {Frame} frame
   * @returns {Promise<void>} resolved when what the frame asked for is done
   */
  async onFrame(frame) {
    if (frame.kind === "snapshot") {
      for (const message of this.#unsent.splice(0)) this.#deliver(message);
      this.#asking.renew();
      this.#beat();
      this.#fetchChime(frame.chime);
    }
    if (typeof frame.lease === "boolean") this.#onLease(frame.lease);
    this.#loud(frame.volume);
    if (frame.begin) this.#asking.answered(frame.begin);
    if (frame.play) await this.#play(frame.play);
  }

  /** How loud from now on, per cent; what quiet hours allow is the most. */
  #loud(set = this.#set, most = this.#most) {
    this.#set = set;
    this.#most = most;
    const volume = Math.max(0, Math.min(most, set));
    this.#volume = volume / 100;
    if (this.#gain) this.#gain.gain.value = this.#volume;
    this.#onVolume(volume);
  }

  /** @param {Item} item */
  async #play(item) {
    this.#loud(item.volume, item.most);
    const known = this.#acknowledged.get(item.id);
    if (known) {
      this.#deliver(known);
      return;
    }
    if (this.#current?.id === item.id) return;
    // Something still sounding here has had its time: the server waits longer than it lasts.
    this.#stop();
    if (item.expires <= 0) {
      this.#acknowledge(item.id, "failed", "expired");
      return;
    }
    const current = { id: item.id, begun: false, stop: () => {} };
    this.#current = current;
    if (this.muted) await this.#resume();
    if (this.#current !== current) return;
    if (this.muted) {
      this.#current = null;
      this.#deliver({ ack: item.id, what: "muted" });
      return;
    }
    this.#onPlaying(item);
    try {
      await this.#sound(item, current);
    } catch (error) {
      if (!(error instanceof Stopped)) this.#acknowledge(item.id, "failed", String(error));
    }
    if (this.#current === current) {
      this.#current = null;
      this.#onPlaying(null);
    }
  }

  /** Tries the ways from the best to the least; acknowledges what came of it. */
  async #sound(item, current) {
    const ways = [[() => this.#playWav(item, current)], [() => this.#speak(item, current), "own_voice"]];
    for (const [way, by] of ways) {
      try {
        await way();
        this.#acknowledge(item.id, "ended", by);
        return;
      } catch (error) {
        if (error instanceof Stopped || current.begun) throw error;
        if (this.#current !== current) throw new Stopped();
      }
    }
    if (!this.#chime) {
      this.#acknowledge(item.id, "failed", "no_sound");
      return;
    }
    await this.#may(item, current);
    await this.#playBuffer(this.#chime, current, () => {});
    this.#acknowledge(item.id, "failed", "chime_only");
  }

  async #playWav(item, current) {
    if (!item.url) throw new Error("no WAV");
    const buffer = await this.#fetchSound(item.url);
    await this.#may(item, current);
    await this.#playBuffer(buffer, current, () => this.#begun(current));
  }

  /** Nothing sounds before the server has said that it still may. */
  async #may(item, current) {
    if (item.ask && !(await this.#asking.may(item.id, () => this.#current === current))) throw new Stopped();
  }

  /** Plays a buffer to its end; rejects with Stopped when it was stopped on the way. */
  #playBuffer(buffer, current, begun) {
    return new Promise((resolve, reject) => {
      if (this.#current !== current) {
        reject(new Stopped());
        return;
      }
      const source = this.#context.createBufferSource();
      source.buffer = buffer;
      source.connect(this.#gain);
      source.onended = () => resolve();
      current.stop = () => {
        source.onended = null;
        source.stop();
        reject(new Stopped());
      };
      source.start();
      begun();
    });
  }

  /** Speaks the texts with the browser's own voices: Chinese is needed, English follows if there is one. */
  async #speak(item, current) {
    const zh = ownVoice("zh");
    if (!zh || !item.text_zh) throw new Error("no Chinese voice");
    await this.#may(item, current);
    const options = {
      volume: this.#volume * ownVolume(),
      begun: () => this.#begun(current),
      stopper: (stop) => {
        current.stop = stop;
      },
    };
    for (const [text, voice] of [[item.text_zh, zh], [item.text_en, ownVoice("en")]]) {
      if (this.#current !== current) throw new Stopped();
      // The words that matter come first; a missing English voice is no failure.
      if (text && voice) await speakText(text, voice, options);
    }
  }

  #begun(current) {
    if (current.begun) return;
    current.begun = true;
    this.#acknowledge(current.id, "started");
  }

  #stop() {
    const current = this.#current;
    this.#current = null;
    current?.stop();
    if (current) this.#onPlaying(null);
  }

  /** Remembered, so that an item sent again is acknowledged again instead of said again. */
  #acknowledge(id, what, reason) {
    const message = reason ? { ack: id, what, reason } : { ack: id, what };
    this.#acknowledged.set(id, message);
    if (this.#acknowledged.size > REMEMBERED) {
      this.#acknowledged.delete(this.#acknowledged.keys().next().value);
    }
    this.#deliver(message);
  }

  /** An acknowledgement that cannot be sent now follows the next snapshot. */
  #deliver(message) {
    if (!this.#send(message)) this.#unsent.push(message);
  }

  #beat() {
    if (this.muted) this.#context?.resume().catch(() => {});
    this.#send({ beat: true, muted: this.muted });
  }

  /** The sound may have come or gone: tell the page and the server. */
  #look() {
    const muted = this.muted;
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#onMuted(muted);
    this.#onTapNeeded(muted);
    if (muted && this.#current?.begun) {
      const { id } = this.#current;
      this.#stop();
      this.#deliver({ ack: id, what: "muted" });
    }
    this.#send({ beat: true, muted });
  }

  /** Asks for sound; a browser that forbids it never answers, hence the limit. */
  async #resume() {
    const limit = new Promise((resolve) => window.setTimeout(resolve, RESUME_MS));
    await Promise.race([this.#context?.resume().catch(() => {}), limit]);
  }

  async #fetchChime(url) {
    if (this.#chime || !url) return;
    this.#chime = await this.#fetchSound(url).catch(() => null);
  }

  async #fetchSound(url) {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return this.#context.decodeAudioData(await response.arrayBuffer());
  }
}
