/**
 * A paired screen's own volume (本机音量): the supervisor's setting, on <html data-volume> as a percentage of what the
 * loudspeaker would sound like; it changes while something is playing. Every other page plays at the full.
 */
const root = document.documentElement;

/** @returns {number} 0 to 1 */
export function ownVolume() {
  const percent = Number(root.dataset.volume ?? 100);
  return Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) / 100 : 1;
}

/** @type {WeakMap<AudioContext, GainNode>} */
const outlets = new WeakMap();

/** Where what sounds goes to, in place of the context's destination. @param {AudioContext} context @returns {GainNode} */
export function outlet(context) {
  let gain = outlets.get(context);
  if (!gain) {
    gain = context.createGain();
    gain.gain.value = ownVolume();
    gain.connect(context.destination);
    outlets.set(context, gain);
    const follow = () => gain.gain.setTargetAtTime(ownVolume(), context.currentTime, 0.05);
    new MutationObserver(follow).observe(root, { attributes: true, attributeFilter: ["data-volume"] });
  }
  return gain;
}
