// Keys as people know them; by their place too where the layout has other letters.
import { choices, choose } from "./memory.js";

const TYPING = "input:not([type=checkbox], [type=range]), textarea, select, [contenteditable], dialog[open] *";
const PRESSABLE = "a, button, summary, label, input";
const PLACES = {
  KeyK: "k", KeyJ: "j", KeyL: "l", KeyM: "m", KeyF: "f", KeyT: "t", KeyC: "c",
};
const SHIFTED = { Comma: "<", Period: ">", Slash: "?" };
const PLAIN = { Comma: ",", Period: ".", Slash: "/" };

function actions({ video, seekBar, playing, captions, views }) {
  const seekBy = (seconds) => () => seekBar.seekTo(video.currentTime + seconds);
  const seekToTenth = (tenth) => [String(tenth), () => seekBar.seekTo((seekBar.duration * tenth) / 10)];
  return {
    " ": () => playing.toggle(),
    k: () => playing.toggle(),
    j: seekBy(-10),
    l: seekBy(10),
    ArrowLeft: seekBy(-5),
    ArrowRight: seekBy(5),
    ArrowUp: () => playing.turnBy(0.05),
    ArrowDown: () => playing.turnBy(-0.05),
    ",": () => playing.stepFrame(-1),
    ".": () => playing.stepFrame(1),
    "<": () => playing.stepSpeed(-1),
    ">": () => playing.stepSpeed(1),
    m: () => playing.mute(),
    c: () => captions.toggle(),
    t: () => views.theatre(),
    f: () => views.fullscreen(),
    "/": () => document.getElementById("search")?.focus(),
    ...Object.fromEntries([...Array(10).keys()].map(seekToTenth)),
  };
}

/** What a key means; on a Cyrillic layout, what it means where it lies. */
function meaning({ key, code, shiftKey }) {
  const isForeign = key.length === 1 && key > "~";
  // There the place of "/" has a full stop, and a comma with Shift.
  if (isForeign || (code === "Slash" && (key === "." || key === ","))) {
    return PLACES[code] ?? (shiftKey ? SHIFTED : PLAIN)[code] ?? key;
  }
  return key.length === 1 ? key.toLowerCase() : key;
}

export class Keys {
  #player;
  #actions;
  #help;
  #isOn = choices().keys !== false;

  constructor(player) {
    this.#player = player;
    this.#help = document.querySelector("[data-help]");
    this.#actions = { ...actions(player), "?": () => this.showHelp() };
    document.addEventListener("keydown", (event) => this.#isOn && this.#onKey(event));
    const box = this.#help.querySelector("[data-keys]");
    box.checked = this.#isOn;
    box.addEventListener("change", () => {
      this.#isOn = box.checked;
      choose({ keys: box.checked });
    });
    this.#help.addEventListener("click", ({ target }) => target === this.#help && this.#help.close());
  }

  showHelp() {
    this.#help.showModal();
  }

  #onKey(event) {
    const { target, key } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(target instanceof Element) || target.matches(TYPING)) return;
    if (key === " " && target.matches(PRESSABLE)) return;
    const isArrow = key.startsWith("Arrow");
    if (isArrow && target.matches("input")) return;
    const { box } = this.#player;
    // Up and down scroll the page unless the player has the focus.
    const isInside = box.contains(target) || document.fullscreenElement === box;
    if (/^Arrow(Up|Down)$/.test(key) && !isInside) return;
    const act = this.#actions[meaning(event)];
    if (!act || (event.shiftKey && key.length > 1)) return;
    event.preventDefault();
    act();
    this.#player.presence.wake();
  }
}
