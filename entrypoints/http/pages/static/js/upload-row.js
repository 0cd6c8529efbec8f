// One file on its way: waiting → travelling → processing → done, or failed.
import { follow, WATCHABLE } from "./processing.js";
import { filled, problemText, texts } from "./texts.js";

const locale = document.documentElement.lang;
const percents = new Intl.NumberFormat(locale, { style: "percent" });
const STAGES = ["uploaded", "checked", "playable", "ready"];
const REACHED = { uploaded: 1, probing: 1, playable: 3, processing: 3, ready: 4, failed: 1 };
const MEASURED_FOR = 4000;

function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = value < 10 && step > 0 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[step],
    maximumFractionDigits: digits,
  }).format(value);
}

function span(seconds) {
  const [value, unit] =
    seconds < 60 ? [Math.max(seconds, 1), "second"]
    : seconds < 3600 ? [seconds / 60, "minute"]
    : [seconds / 3600, "hour"];
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: unit === "hour" ? 1 : 0,
  }).format(unit === "second" ? Math.ceil(value) : value);
}

function titleOf(name) {
  return name.replace(/\.[^.]+$/, "").replace(/[_]+/g, " ").trim().slice(0, 200) || name;
}

let count = 0;

export class UploadRow {
  constructor(file, hub) {
    this.file = file;
    this.hub = hub;
    this.phase = "waiting";
    this.queued = false;
    const template = document.getElementById("upload-row");
    this.element = template.content.firstElementChild.cloneNode(true);
    count += 1;
    this.#tieLabels(`upload-${count}`);
    this.#part("name").textContent = file.name;
    this.#part("size").textContent = size(file.size);
    this.#field("title").value = titleOf(file.name);
    this.#part("progress").setAttribute("aria-label", file.name);
    this.#part("remove").addEventListener("click", () => this.#remove());
    this.#part("cancel").addEventListener("click", () => this.cancel());
    this.#part("retry").addEventListener("click", () => this.retry());
    this.element.addEventListener("input", (event) => this.#clearError(event.target.dataset.field));
  }

  isComplete() {
    const title = this.#field("title");
    if (title.value.trim()) return true;
    this.#showError("title", texts.fields["/title"].required);
    return false;
  }

  focus() {
    this.element.querySelector("[aria-invalid]")?.focus();
  }

  queue() {
    this.queued = true;
    this.#part("remove").hidden = true;
    this.#part("cancel").hidden = false;
    this.#part("transfer").hidden = false;
    this.#part("percent").textContent = "";
    this.#part("pace").textContent = texts.waiting;
  }

  start() {
    if (!this.isComplete()) {
      this.#wait();
      this.focus();
      this.hub.changed();
      return;
    }
    this.#enter("travelling");
    this.queued = false;
    this.#part("details").disabled = true;
    this.#part("problem").hidden = true;
    this.announced = 0;
    this.samples = [];
    this.request = this.#send();
  }

  cancel() {
    if (this.phase === "travelling") this.request.abort();
    else this.#wait();
    this.hub.changed();
  }

  retry() {
    this.#part("problem").hidden = true;
    this.#part("retry").hidden = true;
    this.phase = "waiting";
    this.#part("details").disabled = false;
    this.queue();
    this.hub.changed();
  }

  #send() {
    const form = new FormData();
    // The hub reads the fields before the file, so the file comes last.
    for (const name of ["title", "description", "tags", "visibility"]) {
      form.append(name, this.#field(name).value);
    }
    form.append("file", this.file, this.file.name);
    const request = new XMLHttpRequest();
    request.open("POST", this.hub.api);
    request.setRequestHeader("X-CSRF-Token", this.hub.token);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => this.#moved(event));
    request.addEventListener("load", () => this.#answered(request));
    request.addEventListener("error", () => this.#failed(texts.offline));
    request.addEventListener("abort", () => this.#failed(texts.cancelled));
    request.send(form);
    return request;
  }

  #moved({ loaded, total, lengthComputable }) {
    if (!lengthComputable || this.phase !== "travelling") return;
    const share = loaded / total;
    this.#part("progress").value = share * 100;
    this.#part("percent").textContent = percents.format(Math.floor(share * 100) / 100);
    this.#part("pace").textContent = loaded < total ? this.#pace(loaded, total) : texts.sent;
    const step = Math.floor(share * 10);
    if (step > this.announced) {
      this.announced = step;
      const percent = percents.format(step / 10);
      this.hub.announce(filled(texts.live_percent, { name: this.file.name, percent }));
    }
  }

  #pace(loaded, total) {
    const now = performance.now();
    this.samples.push([now, loaded]);
    this.samples = this.samples.filter(([at]) => now - at <= MEASURED_FOR);
    const [at, had] = this.samples[0];
    const perSecond = now > at ? ((loaded - had) * 1000) / (now - at) : 0;
    if (!perSecond) return "";
    const speed = size(perSecond);
    if (now - at < 1000) return filled(texts.pace_unknown, { speed });
    return filled(texts.pace, { speed, left: span((total - loaded) / perSecond) });
  }

  #answered(request) {
    if (request.status === 201 && request.response?.id) {
      this.#arrived(request.response);
      return;
    }
    const problem = request.response ?? {};
    for (const { pointer, code, detail } of problem.errors ?? []) {
      const [, name] = pointer.split("/");
      const text = texts.fields[`/${name}`]?.[code] ?? texts.problems[code] ?? detail;
      this.#showError(name, text);
    }
    this.#failed(problemText(problem), problem.request_id);
  }

  #arrived(video) {
    const { name } = this.file;
    this.#enter("processing");
    this.#part("cancel").hidden = true;
    this.#part("transfer").hidden = true;
    this.#part("details").hidden = true;
    this.#part("stages").hidden = false;
    const edit = this.#part("edit");
    edit.href = `/studio/${video.id}`;
    edit.hidden = false;
    this.#part("watch").href = `/watch/${video.id}`;
    this.hub.announce(filled(texts.live_uploaded, { name }));
    this.#stage(video);
    follow(video.id, (fresh) => this.#stage(fresh));
    this.hub.changed();
  }

  #stage(video) {
    const { state, code, reason } = video.processing;
    if (state === this.state) return true;
    this.state = state;
    const reached = REACHED[state] ?? 1;
    STAGES.forEach((stage, index) => {
      const item = this.element.querySelector(`[data-stage=${stage}]`);
      item.toggleAttribute("data-done", index < reached);
      item.removeAttribute("aria-current");
      if (index === reached && state !== "failed") item.setAttribute("aria-current", "step");
    });
    const { name } = this.file;
    const watch = this.#part("watch");
    if (WATCHABLE.has(state) && watch.hidden) {
      watch.hidden = false;
      this.hub.announce(filled(texts.live_playable, { name }));
    }
    if (state === "ready") {
      this.#enter("done");
      this.hub.announce(filled(texts.live_ready, { name }));
    }
    if (state === "failed") {
      this.#enter("failed");
      this.#part("edit").hidden = true;
      this.#part("advice").href = `/watch/${video.id}`;
      this.#part("advice").hidden = false;
      const text = texts.problems[code] ?? reason ?? texts.unknown;
      this.#showProblem(text);
      this.hub.announce(filled(texts.live_failed, { name, reason: text }));
    }
    return true;
  }

  #failed(text, requestId) {
    this.#enter("failed");
    this.#part("cancel").hidden = true;
    this.#part("transfer").hidden = true;
    this.#part("progress").value = 0;
    this.#part("details").disabled = false;
    this.#part("retry").hidden = false;
    this.#part("remove").hidden = false;
    this.#showProblem(text, requestId);
    this.hub.changed();
  }

  #wait() {
    this.#enter("waiting");
    this.queued = false;
    this.#part("cancel").hidden = true;
    this.#part("transfer").hidden = true;
    this.#part("remove").hidden = false;
    this.#part("details").disabled = false;
  }

  #remove() {
    this.element.remove();
    this.hub.removed(this);
  }

  #enter(phase) {
    this.phase = phase;
    this.element.dataset.phase = phase;
  }

  #showProblem(text, requestId) {
    const note = this.#part("problem");
    const request = requestId ? ` ${filled(texts.request, { id: requestId })}` : "";
    note.textContent = `${text}${request}`;
    note.hidden = false;
  }

  #showError(name, text) {
    const line = this.element.querySelector(`[data-error-of="${CSS.escape(name)}"]`);
    if (!line) return;
    line.textContent = text;
    line.hidden = false;
    const field = this.#field(name);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
  }

  #clearError(name) {
    const line = name && this.element.querySelector(`[data-error-of="${name}"]`);
    if (!line || line.hidden) return;
    line.hidden = true;
    this.#field(name).removeAttribute("aria-invalid");
    this.#field(name).removeAttribute("aria-describedby");
  }

  #tieLabels(prefix) {
    for (const label of this.element.querySelectorAll("[data-for]")) {
      const name = label.dataset.for;
      label.htmlFor = `${prefix}-${name}`;
      this.#field(name).id = `${prefix}-${name}`;
      this.element.querySelector(`[data-error-of=${name}]`).id = `${prefix}-${name}-error`;
    }
  }

  #part(name) {
    return this.element.querySelector(`[data-${name}]`);
  }

  #field(name) {
    return this.element.querySelector(`[data-field=${name}]`);
  }
}
