/** The zone's TV as its loudspeaker (分区屏兼扬声器): opened with ?speaker=1 by a device that may sound. */
import { playSpeaker } from "./speaker-socket.js";

/** @param {string} path "/ws/speakers/<zone>" */
export function beSpeaker(path) {
  const tap = /** @type {HTMLButtonElement} */ (document.getElementById("tap"));
  const speaker = playSpeaker(path, {
    onTapNeeded: (needed) => {
      tap.hidden = !needed;
    },
  });
  tap.addEventListener("click", () => speaker.tap());
}
