/** A loudspeaker on a page (扬声器连接): a socket for the player in speaker.js, and the machine's lasting name. */
import { newKey } from "./api.js";
import { FrameSocket } from "./socket.js";
import { Speaker } from "./speaker.js";

const NAME = "onewindow.speaker";

/** This machine's name, the same after a reload. @returns {string} */
function machine() {
  try {
    const known = localStorage.getItem(NAME) ?? newKey().slice(0, 16);
    localStorage.setItem(NAME, known);
    return known;
  } catch {
    return newKey().slice(0, 16); // A browser that keeps nothing: another name after each reload.
  }
}

/**
 * Plays what the loudspeaker of `path` is to say.
 *
 * @param {string} path "/ws/speakers/<zone>"
 * @param {object} page as for `Speaker`, and `heard`, `onRefused` as for `FrameSocket`
 * @returns {Speaker}
 */
export function playSpeaker(path, { heard, onRefused, ...page }) {
  /** @type {FrameSocket | undefined} */
  let socket;
  const speaker = new Speaker({ send: (message) => socket?.send(message) ?? false, ...page });
  speaker.start().then(() => {
    socket = new FrameSocket({
      path: `${path}?device=${machine()}`,
      silentMs: 14000,
      beats: false,
      heard,
      onRefused,
      onFrame: (frame) => speaker.onFrame(frame),
    });
  });
  return speaker;
}
