// The browser's own player, with the keys people know, time codes that seek, and a memory.

const KEPT_FOR = 90 * 24 * 3600 * 1000;
const KEPT_MOST = 200;
const STORE = "videohub.positions";
const MEDIA_ERRORS = { 2: "network", 3: "decode", 4: "missing" };

export function enhancePlayer(box) {
  const video = box.querySelector("video");
  const start = Number(box.dataset.start ?? 0);
  resume(box, video, start);
  reportProblems(box, video);
  seekByTimeCodes(video);
  document.addEventListener("keydown", (event) => onKey(event, video));
}

// Position

function positions() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

function keep(id, seconds) {
  const all = positions();
  if (seconds === null) delete all[id];
  else all[id] = [Math.floor(seconds), Date.now()];
  const fresh = Object.entries(all)
    .filter(([, [, at]]) => Date.now() - at < KEPT_FOR)
    .sort(([, [, a]], [, [, b]]) => b - a)
    .slice(0, KEPT_MOST);
  try {
    localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(fresh)));
  } catch {
    // Storage is full or switched off: the position is not remembered, the video plays.
  }
}

function resume(box, video, start) {
  const id = box.dataset.video;
  const [remembered] = positions()[id] ?? [0];
  const seek = () => {
    if (start) video.currentTime = start;
    else if (remembered > 5 && remembered < video.duration - 10) {
      video.currentTime = remembered;
      offerStart(box, video);
    }
  };
  if (video.readyState >= 1) seek();
  else video.addEventListener("loadedmetadata", seek, { once: true });

  let kept = 0;
  const remember = () => {
    const near = video.duration && video.currentTime > video.duration - 10;
    if (video.ended || near) keep(id, null);
    else if (video.currentTime > 5) keep(id, video.currentTime);
  };
  video.addEventListener("timeupdate", () => {
    if (Math.abs(video.currentTime - kept) < 5) return;
    kept = video.currentTime;
    remember();
  });
  for (const name of ["pause", "ended"]) video.addEventListener(name, remember);
  addEventListener("pagehide", () => video.currentTime > 0 && remember());
}

function offerStart(box, video) {
  const hint = box.querySelector("[data-player-hint]");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = hint.dataset.fromStart;
  button.addEventListener("click", () => {
    video.currentTime = 0;
    hint.hidden = true;
    video.focus();
  });
  hint.replaceChildren(`${hint.dataset.resumed} · `, button);
  hint.hidden = false;
  video.addEventListener("playing", () => setTimeout(() => (hint.hidden = true), 4000), { once: true });
}

// Problems

function reportProblems(box, video) {
  const card = box.querySelector("[data-player-problem]");
  let at = 0;
  const show = () => {
    at = video.currentTime || at;
    const cause = MEDIA_ERRORS[video.error?.code] ?? "network";
    card.querySelector("[data-text]").textContent = card.dataset[cause];
    card.hidden = false;
  };
  video.addEventListener("error", show);
  if (video.error) show();
  card.querySelector("[data-again]").addEventListener("click", () => {
    card.hidden = true;
    video.addEventListener("loadedmetadata", () => (video.currentTime = at), { once: true });
    video.load();
    play(video);
  });
}

function play(video) {
  // A browser may refuse to play before a click; its own controls are there for that.
  video.play().catch(() => {});
}

// Time codes

function seekByTimeCodes(video) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.time-code");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    video.currentTime = Number(link.dataset.seconds);
    play(video);
    video.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", link.href);
  });
}

// Keys

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open] *";
const PRESSABLE = "a, button, summary, label, input";

const KEYS = {
  " ": (video) => toggle(video),
  k: (video) => toggle(video),
  j: (video) => seekBy(video, -10),
  l: (video) => seekBy(video, 10),
  ArrowLeft: (video) => seekBy(video, -5),
  ArrowRight: (video) => seekBy(video, 5),
  ArrowUp: (video) => turnBy(video, 0.05),
  ArrowDown: (video) => turnBy(video, -0.05),
  m: (video) => (video.muted = !video.muted),
  f: (video) => fullscreen(video),
};

// Keys by their place too: K, J, L, M, F keep working on a Russian layout.
const BY_PLACE = { KeyK: "k", KeyJ: "j", KeyL: "l", KeyM: "m", KeyF: "f" };

function onKey(event, video) {
  const { target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(target instanceof Element) || target.matches(TYPING)) return;
  if (event.key === " " && target.matches(PRESSABLE)) return;
  // Up and down scroll the page unless the player has the focus.
  if (/^Arrow(Up|Down)$/.test(event.key) && target !== video) return;
  const digit = /^[0-9]$/.test(event.key) && !event.shiftKey;
  const act = digit
    ? () => seekTo(video, (video.duration * Number(event.key)) / 10)
    : KEYS[BY_PLACE[event.code] ?? event.key];
  if (!act) return;
  event.preventDefault();
  act(video);
}

function toggle(video) {
  if (video.paused) play(video);
  else video.pause();
}

function seekBy(video, seconds) {
  seekTo(video, video.currentTime + seconds);
}

function seekTo(video, seconds) {
  if (!Number.isFinite(video.duration)) return;
  video.currentTime = Math.min(Math.max(seconds, 0), video.duration);
}

function turnBy(video, step) {
  video.volume = Math.min(Math.max(video.volume + step, 0), 1);
}

function fullscreen(video) {
  if (document.fullscreenElement) document.exitFullscreen();
  else video.requestFullscreen?.().catch(() => {});
}
