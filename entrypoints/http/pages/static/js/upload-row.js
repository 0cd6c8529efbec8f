// One file on the upload page: what every way of sending it has in common.
import { DetailsForm } from "./details-form.js";
import { Pace, percent, size, span } from "./measures.js";
import { Stages } from "./stages.js";
import { filled, texts } from "./texts.js";

function titleOf(name) {
  return name.replace(/\.[^.]+$/, "").replace(/[_]+/g, " ").trim().slice(0, 200) || name;
}

let count = 0;

/**
 * `hub` is what the page offers its rows: `api`, `drafts`, `announce(text)`, `changed()`,
 * `hold(id)`, `removed(row)`, `isSure(row)`.
 */
export class UploadRow {
  /** Which parts are seen in which phase; the rest is hidden. */
  static SHOWN = {};

  #pace = new Pace();
  #announced = 0;

  constructor({ name, bytes }, hub) {
    this.name = name;
    /** Whether the hub counts its bytes only since the page is open. */
    this.isNew = true;
    this.bytes = bytes;
    this.hub = hub;
    const template = document.getElementById("upload-row");
    this.element = template.content.firstElementChild.cloneNode(true);
    count += 1;
    this.form = new DetailsForm(this.part("details"), `upload-${count}`, () => this.edited());
    this.form.values = { title: titleOf(name) };
    this.part("name").textContent = name;
    this.part("size").textContent = size(bytes);
    this.part("progress").setAttribute("aria-label", name);
    // Buttons of several rows have the same words: the file's name tells them apart.
    this.part("name").id = `upload-${count}-name`;
    for (const button of this.element.querySelectorAll("[data-act]")) {
      button.setAttribute("aria-describedby", this.part("name").id);
      button.addEventListener("click", () => this[button.dataset.act]());
    }
  }

  /** Called when a detail was changed. */
  edited() {}

  enter(phase) {
    this.phase = phase;
    this.element.dataset.phase = phase;
    const shown = new Set(this.constructor.SHOWN[phase]);
    for (const part of this.element.querySelectorAll("[data-part]")) {
      part.hidden = !shown.has(part.dataset.part);
    }
    this.keepFocus();
  }

  /** Keep the keyboard in the row when the button that had it is hidden. */
  keepFocus() {
    const { activeElement } = document;
    if (this.element.contains(activeElement) && activeElement.closest("[hidden]")) {
      this.element.focus({ preventScroll: true });
    }
  }

  remove() {
    this.element.remove();
    this.hub.removed(this);
  }

  /** Show how many bytes are there; `isMoving` tells the pace too. */
  showProgress(sent, { isMoving = true } = {}) {
    const share = this.bytes ? sent / this.bytes : 0;
    this.part("progress").value = share * 100;
    this.part("percent").textContent = percent(share);
    if (!isMoving) {
      this.#pace.reset();
      this.#announced = Math.floor(share * 10);
      return;
    }
    this.note(sent < this.bytes ? this.#paceText(sent) : texts.sent);
    const step = Math.floor(share * 10);
    if (step > this.#announced) {
      this.#announced = step;
      this.announce(texts.live_percent, { percent: percent(step / 10) });
    }
  }

  #paceText(sent) {
    const { perSecond, isSteady } = this.#pace.at(sent);
    if (!perSecond) return "";
    const speed = size(perSecond);
    if (!isSteady) return filled(texts.pace_unknown, { speed });
    return filled(texts.pace, { speed, left: span((this.bytes - sent) / perSecond) });
  }

  /** Say beside the percents what is going on. */
  note(text) {
    this.part("pace").textContent = text;
  }

  announce(text, values = {}) {
    this.hub.announce(filled(text, { name: this.name, ...values }));
  }

  showProblem(text, requestId) {
    const note = this.part("problem");
    const request = requestId ? ` ${filled(texts.request, { id: requestId })}` : "";
    note.textContent = `${text}${request}`;
    note.hidden = false;
  }

  hideProblem() {
    this.part("problem").hidden = true;
  }

  /** The hub made the video: show what becomes of it. */
  made(video) {
    this.part("edit").href = `/studio/${video.id}`;
    this.part("watch").href = this.part("advice").href = `/watch/${video.id}`;
    this.hideProblem();
    this.enter("processing");
    this.announce(texts.live_uploaded);
    const stages = new Stages(this.part("stages"), {
      watchable: () => {
        this.enter("watchable");
        this.announce(texts.live_playable);
      },
      ready: () => {
        this.enter("done");
        this.announce(texts.live_ready);
      },
      failed: (text) => {
        this.enter("spoilt");
        this.showProblem(text);
        this.announce(texts.live_failed, { reason: text });
      },
    });
    stages.follow(video);
    this.hub.changed();
  }

  part(name) {
    return this.element.querySelector(`[data-part="${name}"], [data-slot="${name}"]`);
  }
}

/** What is seen once there is a video. */
export const SHOWN_OF_VIDEO = {
  processing: ["stages", "edit"],
  watchable: ["stages", "edit", "watch"],
  done: ["stages", "edit", "watch"],
  spoilt: ["stages", "advice"],
};
