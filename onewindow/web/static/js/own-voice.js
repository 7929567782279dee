/** The browser's own voice (浏览器语音): the loudspeaker's way out when no sound can be fetched. */

/** A voice that has not begun by then will not. */
const SPEECH_START_MS = 2000;

/** Thrown into a way of playing that was stopped: nothing is acknowledged any more. */
export class Stopped extends Error {}

/**
 * The voice for a language ("zh", "en"), or undefined.
 *
 * @param {string} language
 */
export function ownVoice(language) {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.lang.toLowerCase().startsWith(language));
}

/**
 * Speaks a text to its end; rejects with Stopped when it was stopped, with an Error when the voice fails.
 *
 * @param {string} text
 * @param {SpeechSynthesisVoice} voice
 * @param {{volume: number, begun: () => void, stopper: (stop: () => void) => void}} options  volume: 0…1
 * @returns {Promise<void>}
 */
export function speakText(text, voice, { volume, begun, stopper }) {
  return new Promise((resolve, reject) => {
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.volume = volume;
    const silent = window.setTimeout(() => {
      window.speechSynthesis.cancel();
      reject(new Error("the voice did not begin"));
    }, SPEECH_START_MS);
    utterance.onstart = () => {
      window.clearTimeout(silent);
      begun();
    };
    utterance.onend = () => {
      window.clearTimeout(silent);
      resolve();
    };
    utterance.onerror = (event) => {
      window.clearTimeout(silent);
      reject(new Error(`speech: ${event.error}`));
    };
    stopper(() => {
      window.clearTimeout(silent);
      reject(new Stopped());
      window.speechSynthesis.cancel();
    });
    window.speechSynthesis.speak(utterance);
  });
}
