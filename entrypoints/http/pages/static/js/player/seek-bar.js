// The bar that seeks: how much is loaded and played, and what is where the pointer is.
import { Storyboard } from "./storyboard.js";
import { filled, texts } from "../texts.js";
import { clock, inWords } from "./times.js";

const STEPS = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 };

export class SeekBar {
  #video;
  #part;
  #bar;
  #range;
  #preview;
  #storyboard = new Storyboard();
  #duration;
  #isDragged = false;
  #isPointed = false;

  constructor({ video, shown, part }) {
    this.#video = video;
    this.#part = part;
    this.#bar = part("seek");
    this.#range = part("range");
    this.#preview = part("preview");
    this.#duration = shown.duration ?? 0;
    this.#storyboard.use(shown.playback.storyboard);
    for (const name of ["timeupdate", "seeking", "durationchange", "loadedmetadata", "progress"]) {
      video.addEventListener(name, () => this.#show());
    }
    this.#listen();
    this.#show();
  }

  update(playback) {
    this.#storyboard.use(playback.storyboard);
  }

  get duration() {
    return Number.isFinite(this.#video.duration) ? this.#video.duration : this.#duration;
  }

  seekTo(seconds) {
    this.#video.currentTime = Math.min(Math.max(seconds, 0), this.duration);
    this.#show();
  }

  #listen() {
    const range = this.#range;
    range.addEventListener("input", () => {
      this.seekTo(Number(range.value));
      this.#previewAt(Number(range.value));
    });
    range.addEventListener("pointerdown", () => (this.#isDragged = true));
    for (const name of ["pointerup", "pointercancel", "change"]) {
      range.addEventListener(name, () => (this.#isDragged = false));
    }
    range.addEventListener("keydown", (event) => this.#onKey(event));
    range.addEventListener("focus", () => this.#previewFocused());
    range.addEventListener("blur", () => this.#hidePreview());
    this.#bar.addEventListener("pointermove", ({ clientX }) => {
      const { left, width } = this.#bar.getBoundingClientRect();
      this.#isPointed = true;
      this.#previewAt(Math.min(Math.max((clientX - left) / width, 0), 1) * this.duration);
    });
    this.#bar.addEventListener("pointerleave", () => {
      this.#isPointed = false;
      this.#hidePreview();
    });
  }

  #onKey(event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Home" || key === "End") this.seekTo(key === "Home" ? 0 : this.duration);
    else if (key in STEPS) this.seekTo(this.#video.currentTime + STEPS[key]);
    else return;
    event.preventDefault();
    this.#previewFocused();
  }

  #show() {
    const { currentTime, buffered } = this.#video;
    const { duration } = this;
    const of = (seconds) => (duration ? Math.min(seconds / duration, 1) : 0);
    let loaded = currentTime;
    for (let index = 0; index < buffered.length; index += 1) {
      if (buffered.start(index) <= currentTime + 0.1) loaded = Math.max(loaded, buffered.end(index));
    }
    this.#bar.style.setProperty("--played", of(currentTime));
    this.#bar.style.setProperty("--buffered", of(loaded));
    this.#range.max = duration;
    if (!this.#isDragged) this.#range.value = currentTime;
    this.#part("now").textContent = clock(currentTime);
    this.#part("duration").textContent = clock(duration);
    const at = inWords(currentTime);
    this.#range.ariaValueText = filled(texts.position, { at, all: inWords(duration) });
  }

  #previewFocused() {
    if (this.#range.matches(":focus-visible")) this.#previewAt(this.#video.currentTime);
  }

  #hidePreview() {
    const isFocused = this.#range.matches(":focus-visible");
    if (isFocused && !this.#isPointed) this.#previewFocused();
    else this.#preview.hidden = true;
  }

  async #previewAt(seconds) {
    const { duration } = this;
    if (!duration) return;
    this.#part("preview-time").textContent = clock(seconds);
    this.#preview.hidden = false;
    this.#place(seconds / duration);
    const tile = await this.#storyboard.tileAt(seconds);
    const picture = this.#part("tile");
    picture.hidden = tile === null;
    if (tile === null) return;
    Object.assign(picture.style, {
      backgroundImage: `url(${JSON.stringify(tile.sheet)})`,
      backgroundPosition: `-${tile.x}px -${tile.y}px`,
      width: `${tile.width}px`,
      height: `${tile.height}px`,
    });
    this.#place(seconds / duration);
  }

  #place(share) {
    const whole = this.#bar.clientWidth;
    const half = this.#preview.offsetWidth / 2;
    const left = Math.min(Math.max(whole * share, half), Math.max(whole - half, half));
    this.#preview.style.left = `${left}px`;
  }
}
