// What this browser remembers: where videos were left, and how the viewer likes to watch.

const POSITIONS = "videohub.positions";
const CHOICES = "videohub.player";
const KEPT_FOR = 90 * 24 * 3600 * 1000;
const KEPT_MOST = 200;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: nothing is remembered, the video plays.
  }
}

/** Speed, volume, muted, captions and keys, as far as the viewer has chosen them. */
export function choices() {
  return read(CHOICES);
}

export function choose(changes) {
  write(CHOICES, { ...choices(), ...changes });
}

export function positionOf(id) {
  return read(POSITIONS)[id]?.[0] ?? 0;
}

/** Remember the second a video was left at; null forgets it. */
export function keepPosition(id, seconds) {
  const all = read(POSITIONS);
  if (seconds === null) delete all[id];
  else all[id] = [Math.floor(seconds), Date.now()];
  const fresh = Object.entries(all)
    .filter(([, [, at]]) => Date.now() - at < KEPT_FOR)
    .sort(([, [, a]], [, [, b]]) => b - a)
    .slice(0, KEPT_MOST);
  write(POSITIONS, Object.fromEntries(fresh));
}
