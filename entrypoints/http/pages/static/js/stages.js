// What becomes of a video that is uploaded: checked, playable, ready.
import { follow, WATCHABLE } from "./processing.js";
import { percent, span } from "./measures.js";
import { filled, texts } from "./texts.js";

const STAGES = ["uploaded", "checked", "playable", "ready"];
const REACHED = { uploaded: 1, probing: 1, playable: 3, processing: 3, ready: 4, failed: 1 };

export class Stages {
  #element;
  #heard;
  #state = null;
  #isWatchable = false;

  /** `heard` is told `watchable()`, `ready()` and `failed(text)`, each once. */
  constructor(element, heard) {
    this.#element = element;
    this.#heard = heard;
  }

  follow(video) {
    this.#show(video);
    follow(video.id, (fresh) => this.#show(fresh));
  }

  #show({ processing }) {
    this.#tellProgress(processing);
    const { state, code, reason } = processing;
    if (state === this.#state) return;
    this.#state = state;
    this.#mark(REACHED[state] ?? 1, state === "failed");
    if (WATCHABLE.has(state) && !this.#isWatchable) {
      this.#isWatchable = true;
      this.#heard.watchable();
    }
    if (state === "ready") this.#heard.ready();
    if (state === "failed") this.#heard.failed(texts.problems[code] ?? reason ?? texts.unknown);
  }

  #mark(reached, isOver) {
    STAGES.forEach((stage, index) => {
      const item = this.#element.querySelector(`[data-stage=${stage}]`);
      item.toggleAttribute("data-done", index < reached);
      item.removeAttribute("aria-current");
      if (index === reached && !isOver) item.setAttribute("aria-current", "step");
    });
  }

  #tellProgress({ state, progress, seconds_left: left }) {
    const line = this.#element.querySelector("[data-processing]");
    const isGoingOn = state === "playable" || state === "processing";
    line.hidden = !isGoingOn || typeof progress !== "number";
    if (line.hidden) return;
    const values = { percent: percent(progress), left: span(left ?? 0) };
    line.textContent = filled(left ? texts.processing_left : texts.processing, values);
  }
}
