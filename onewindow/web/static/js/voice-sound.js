/** Sound on the recording page (录音页音频): the microphone, files, the waveform, WAV as the server wants it. */

/** Samples a second: what the server keeps. */
export const RATE = 22050;

/** One context for the page; browsers let it sound after a touch. @type {AudioContext | null} */
let context = null;

function sounding() {
  context ??= new AudioContext();
  context.resume().catch(() => {});
  return context;
}

/** Whether this page may use the microphone: https, or localhost. */
export const mayRecord = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Any sound that the browser can read, as mono samples at the server's rate.
 *
 * @param {ArrayBuffer} data
 * @returns {Promise<Float32Array>}
 */
export async function samplesOf(data) {
  // A context's own rate is what it decodes to: the browser resamples.
  const buffer = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(data);
  const mono = new Float32Array(buffer.length);
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const data1 = buffer.getChannelData(channel);
    for (let i = 0; i < mono.length; i += 1) mono[i] += data1[i] / buffer.numberOfChannels;
  }
  return mono;
}

/** The samples as a WAV: mono, 16 bits, 22050 Hz. @param {Float32Array} samples @returns {Blob} */
export function wavOf(samples) {
  const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
  const text = (at, word) => [...word].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples.length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  samples.forEach((sample, i) => view.setInt16(44 + 2 * i, Math.round(32767 * Math.max(-1, Math.min(1, sample))), true));
  return new Blob([view], { type: "audio/wav" });
}

/** Plays samples to their end. @param {Float32Array} samples @returns {Promise<void>} */
export function play(samples) {
  const at = sounding();
  const buffer = at.createBuffer(1, Math.max(1, samples.length), RATE);
  buffer.copyToChannel(samples, 0);
  const source = at.createBufferSource();
  source.buffer = buffer;
  source.connect(at.destination);
  return new Promise((resolve) => {
    source.onended = () => resolve();
    source.start();
  });
}

/** Draws the samples as a waveform, full scale at the edges. */
export function draw(canvas, samples) {
  const pen = canvas.getContext("2d");
  const { width, height } = canvas;
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = getComputedStyle(canvas).color;
  const step = Math.max(1, samples.length / width);
  for (let x = 0; x < width && x * step < samples.length; x += 1) {
    let most = 0;
    for (let i = Math.floor(x * step); i < Math.min(samples.length, (x + 1) * step); i += 1) most = Math.max(most, Math.abs(samples[i]));
    const tall = Math.max(1, most * height);
    pen.fillRect(x, (height - tall) / 2, 1, tall);
  }
}

/** The microphone: `start`, then `stop`, which gives what was said. `onLevel` hears the loudest sample, 0…1, as it goes. */
export class Microphone {
  #stream = null;
  #recorder = null;
  #timer = 0;

  get live() {
    return this.#recorder !== null;
  }

  async start(onLevel) {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
    this.#stream ??= await navigator.mediaDevices.getUserMedia({ audio });
    const analyser = sounding().createAnalyser();
    context.createMediaStreamSource(this.#stream).connect(analyser);
    const window1 = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(window1);
      onLevel(window1.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0));
    }, 50);
    this.#recorder = new MediaRecorder(this.#stream);
    this.#recorder.start();
  }

  /** @returns {Promise<Float32Array>} */
  async stop() {
    const recorder = this.#recorder;
    this.#recorder = null;
    clearInterval(this.#timer);
    const data = new Promise((resolve) => {
      recorder.ondataavailable = (event) => resolve(event.data);
    });
    recorder.stop();
    return samplesOf(await (await data).arrayBuffer());
  }
}
