// A file that goes in one request: its details first, then all of it or nothing.
import { sendPlainly } from "./plain-transfer.js";
import { problemText, texts } from "./texts.js";
import { SHOWN_OF_VIDEO, UploadRow } from "./upload-row.js";

export class PlainRow extends UploadRow {
  static SHOWN = {
    waiting: ["remove", "details"],
    queued: ["cancel", "transfer", "details"],
    travelling: ["cancel", "transfer", "details"],
    failed: ["retry", "remove", "details"],
    ...SHOWN_OF_VIDEO,
  };

  #file;
  #request = null;

  constructor(file, hub) {
    super({ name: file.name, bytes: file.size }, hub);
    this.#file = file;
    this.enter("waiting");
  }

  get isReadyToPublish() {
    return this.phase === "waiting";
  }

  get isUnsent() {
    return this.phase === "travelling" || this.phase === "queued";
  }

  get isWaiting() {
    return this.phase === "queued";
  }

  get isTravelling() {
    return this.phase === "travelling";
  }

  /** Wait for the turn; answer false if a detail is missing. */
  publish() {
    if (!this.form.isComplete()) return false;
    this.hideProblem();
    this.enter("queued");
    this.showProgress(0, { isMoving: false });
    this.note(texts.waiting);
    this.hub.changed();
    return true;
  }

  start() {
    if (!this.form.isComplete()) {
      this.enter("waiting");
      this.form.focus();
      this.hub.changed();
      return;
    }
    this.enter("travelling");
    this.form.disabled = true;
    this.#request = sendPlainly(this.#file, this.form.values, this.hub.api, {
      moved: (sent) => this.showProgress(sent),
      made: (video) => this.made(video),
      refused: (problem) => {
        this.form.showErrors(problem);
        this.refuse(problemText(problem), problem.request_id);
      },
      broke: () => this.refuse(texts.offline),
    });
  }

  cancel() {
    this.#request?.abort();
    this.#request = null;
    this.form.disabled = false;
    this.enter("waiting");
    this.hub.changed();
  }

  retry() {
    if (!this.publish()) this.form.focus();
  }

  /** Say why a file is not there. */
  refuse(text, requestId) {
    this.form.disabled = false;
    this.enter("failed");
    this.showProblem(text, requestId);
    this.hub.changed();
  }
}
