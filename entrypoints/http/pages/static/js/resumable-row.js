// A file that travels while its details are written, and goes on after whatever stops it.
import { createOnce } from "./creation.js";
import { Fingerprint } from "./fingerprint.js";
import { filled, problemText, texts } from "./texts.js";
import { size } from "./measures.js";
import { TusTransfer } from "./tus-transfer.js";
import { GONE, SIGNED_OUT, kindOf } from "./upload-api.js";
import { SHOWN_OF_VIDEO, UploadRow } from "./upload-row.js";

const ON_ITS_WAY = ["waiting", "beginning", "travelling", "paused", SIGNED_OUT];

export class ResumableRow extends UploadRow {
  static SHOWN = {
    waiting: ["pause", "cancel", "transfer", "details", "publish"],
    // Stopped before the hub has said its address, an upload would be left over there.
    beginning: ["cancel", "transfer", "details", "publish"],
    travelling: ["pause", "cancel", "transfer", "details", "publish"],
    paused: ["resume", "cancel", "transfer", "details", "publish"],
    [SIGNED_OUT]: ["sign-in", "resume", "cancel", "transfer", "details", "publish"],
    unfinished: ["choose", "discard", "transfer", "details", "publish"],
    elsewhere: ["transfer"],
    arrived: ["discard", "transfer", "details", "publish"],
    publishing: ["transfer", "details"],
    failed: ["retry", "remove"],
    ...SHOWN_OF_VIDEO,
  };

  #file = null;
  #id = null;
  #fingerprint;
  #transfer = null;
  #sent = 0;
  #isWhole = false;
  #isWanted = false;
  #isCancelled = false;

  /** A row for a file that was just chosen. */
  static ofFile(file, hub) {
    const about = { name: file.name, bytes: file.size, modified: file.lastModified };
    const row = new ResumableRow(about, hub);
    row.#file = file;
    row.wait();
    return row;
  }

  /** A row for an upload of earlier, as the hub lists it. */
  static ofUpload(upload, hub) {
    const draft = hub.drafts.read(upload.id);
    const name = upload.name ?? texts.no_name;
    const about = { name, bytes: upload.length, modified: draft?.modified ?? null };
    const row = new ResumableRow(about, hub);
    row.#id = upload.id;
    row.isNew = false;
    row.#isWanted = Boolean(draft?.isWanted);
    row.form.values = draft?.details;
    return row;
  }

  constructor(about, hub) {
    super(about, hub);
    this.#fingerprint = new Fingerprint(about);
    this.part("choose").addEventListener("change", (event) => {
      const [file] = event.target.files;
      event.target.value = "";
      if (file) this.goOnWith(file);
    });
    this.#nameWhatPublishingDoes();
  }

  get id() {
    return this.#id;
  }

  /** Whether "publish all" is for this row too. */
  get isReadyToPublish() {
    const isOpen = [...ON_ITS_WAY, "unfinished", "arrived"].includes(this.phase);
    return isOpen && !this.#isWanted;
  }

  /** Whether leaving the page would stop something. */
  get isUnsent() {
    return [...ON_ITS_WAY, "publishing"].includes(this.phase);
  }

  get isWaiting() {
    return this.phase === "waiting";
  }

  get isTravelling() {
    return this.phase === "beginning" || this.phase === "travelling";
  }

  /** Take up an upload of earlier: whole, it needs its file no more. */
  takeUp({ offset = this.#sent, is_finished: isFinished }) {
    this.#showSent(offset);
    if (isFinished) {
      this.#arrived();
      return;
    }
    this.enter("unfinished");
    this.note(texts.choose_again);
    this.#showWanted();
  }

  /** Leave an upload to the tab that is busy with it. */
  leaveToOther() {
    this.enter("elsewhere");
    this.note(texts.elsewhere);
  }

  /** Whether this is the unfinished upload of a file, as far as can be told at once. */
  isOf(file) {
    return this.phase === "unfinished" && this.#fingerprint.fits(file);
  }

  /** Go on with an unfinished upload, if this is its file. */
  async goOnWith(file) {
    let isSame = false;
    try {
      isSame = await this.#fingerprint.fitsAfterAll(file, this.hub.api, this.#id);
    } catch {
      this.showProblem(texts.offline);
      return;
    }
    if (!isSame) {
      const wanted = { name: this.name, size: size(this.bytes) };
      this.showProblem(filled(texts.wrong_file, wanted));
      return;
    }
    this.#file = file;
    this.hideProblem();
    this.#keepDraft();
    this.wait();
    this.hub.changed();
  }

  wait() {
    this.enter("waiting");
    this.#showSent(this.#sent);
    this.note(texts.waiting);
    this.#showWanted();
  }

  start() {
    this.enter(this.#id ? "travelling" : "beginning");
    this.#showWanted();
    this.note("");
    this.#transfer ??= new TusTransfer(this.#file, this.hub.api, this.#id, {
      began: (id) => this.#began(id),
      moved: (sent) => this.#moved(sent),
      broke: (problem) => this.#broke(problem),
      arrived: () => this.#arrived(),
      stopped: (kind, problem) => this.#stopped(kind, problem),
    });
    this.#transfer.start();
  }

  pause() {
    this.#transfer?.pause();
    this.enter("paused");
    this.#showSent(this.#sent);
    this.note(texts.paused);
    this.#showWanted();
    this.part("resume").focus();
    this.hub.changed();
  }

  async resume() {
    if (this.phase === SIGNED_OUT && !(await this.#isSignedIn())) {
      this.announce(texts.signed_out);
      return;
    }
    this.hideProblem();
    if (this.#isWhole && this.#isWanted) {
      this.#create();
      return;
    }
    this.wait();
    this.hub.changed();
    if (this.element.contains(document.activeElement)) this.part("pause").focus();
  }

  async #isSignedIn() {
    try {
      return await this.hub.api.renew();
    } catch {
      return false;
    }
  }

  /** Delete what has arrived, once the member is sure. */
  async cancel() {
    if (this.#sent > 0 && !(await this.hub.isSure(this))) return;
    // While that was asked, it may have become a video.
    if (this.part("cancel").hidden && this.part("discard").hidden) return;
    if (this.phase === "beginning") {
      this.#isCancelled = true;
      this.remove();
      return;
    }
    if (this.isTravelling) this.pause();
    let text = null;
    try {
      const refused = this.#id && (await this.hub.api.discard(this.#id));
      if (refused) text = problemText(refused.document);
    } catch {
      text = texts.offline;
    }
    if (text) {
      this.showProblem(text);
      return;
    }
    this.#forget();
    this.remove();
  }

  /** Begin anew with a file that was refused. */
  retry() {
    this.hideProblem();
    this.#sent = 0;
    this.#isWhole = false;
    this.#id = this.#transfer = null;
    this.isNew = true;
    this.wait();
    this.hub.changed();
  }

  /** Make the video as soon as every byte is there; answer false if a detail is missing. */
  publish() {
    if (!this.form.isComplete()) {
      this.form.focus();
      return false;
    }
    this.#isWanted = true;
    this.#keepDraft();
    if (this.phase === "arrived") this.#create();
    else this.#showWanted();
    this.hub.changed();
    return true;
  }

  /** Say why a file is not sent. */
  refuse(text, requestId) {
    this.enter("failed");
    this.part("retry").hidden = !this.#file;
    this.#isWanted = false;
    this.showProblem(text, requestId);
    this.announce(texts.live_failed, { reason: text });
    this.hub.changed();
  }

  edited() {
    this.#nameWhatPublishingDoes();
    this.#keepDraft();
  }

  #began(id) {
    if (this.#isCancelled) {
      this.#transfer.pause();
      this.hub.api.discard(id).catch(() => {});
      return;
    }
    this.enter("travelling");
    this.#showWanted();
    if (this.#id === id) return;
    this.#id = id;
    this.#keepDraft();
    this.hub.hold(id);
  }

  #moved(sent) {
    if (!this.isTravelling) return;
    this.#sent = sent;
    this.hideProblem();
    this.showProgress(sent);
  }

  #broke(problem) {
    if (this.#isCancelled) {
      this.#transfer.pause();
      return;
    }
    this.#showSent(this.#sent);
    this.note(problem ? filled(texts.broke_because, { reason: problemText(problem) }) : texts.broke);
  }

  #stopped(kind, problem) {
    if (this.#isCancelled) return;
    if (kind === SIGNED_OUT) {
      this.#waitForSignIn();
    } else if (kind === "unreadable") {
      this.#file = this.#transfer = null;
      this.enter("unfinished");
      this.note(texts.choose_again);
      this.showProblem(texts.unreadable);
    } else {
      if (kind === GONE) this.#forget();
      this.refuse(kind === GONE ? texts.gone : problemText(problem), problem?.request_id);
    }
    this.hub.changed();
  }

  #waitForSignIn() {
    this.form.disabled = false;
    this.enter(SIGNED_OUT);
    this.#showSent(this.#sent);
    this.note(texts.paused);
    this.showProblem(texts.signed_out);
    this.#showWanted();
  }

  #arrived() {
    this.#isWhole = true;
    this.#showSent(this.bytes);
    if (this.#isWanted && this.form.isComplete()) {
      this.#create();
    } else {
      this.#isWanted = false;
      this.enter("arrived");
      this.note(texts.arrived);
      this.announce(texts.live_arrived);
    }
    this.hub.changed();
  }

  async #create() {
    this.enter("publishing");
    this.note(texts.publishing);
    this.form.disabled = true;
    const details = this.form.document;
    const told = () => this.note(texts.broke);
    const { status, document } = await createOnce(this.hub.api, this, details, told);
    this.form.disabled = false;
    if (status === 201) {
      this.#forget();
      this.made(document);
      return;
    }
    const kind = kindOf(status, document);
    if (kind === SIGNED_OUT) {
      this.#waitForSignIn();
    } else if (kind === GONE) {
      this.#stopped(GONE, document);
    } else if (document?.code === "upload_not_finished") {
      this.#sendTheRest();
    } else {
      this.#isWanted = false;
      this.#arrived();
      this.form.showErrors(document);
      this.form.focus();
      this.showProblem(problemText(document), document?.request_id);
    }
    this.hub.changed();
  }

  /** The hub has less than it said. */
  #sendTheRest() {
    this.#isWhole = false;
    if (this.#file) this.wait();
    else this.takeUp({ is_finished: false });
  }

  #showSent(sent) {
    this.#sent = sent;
    this.showProgress(sent, { isMoving: false });
  }

  #showWanted() {
    this.part("wanted").hidden = !this.#isWanted;
    if (this.#isWanted) this.part("publish").hidden = true;
    this.keepFocus();
  }

  #nameWhatPublishingDoes() {
    const { visibility } = this.form.values;
    this.part("publish").textContent = visibility === "public" ? texts.publish : texts.save;
  }

  #keepDraft() {
    if (!this.#id) return;
    this.hub.drafts.write(this.#id, {
      modified: this.#fingerprint.modified,
      details: this.form.values,
      isWanted: this.#isWanted,
    });
  }

  #forget() {
    if (this.#id) this.hub.drafts.forget(this.#id);
  }
}
