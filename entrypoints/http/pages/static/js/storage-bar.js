// How much room the member has, and what would not fit.
import { size } from "./measures.js";
import { filled, texts } from "./texts.js";

export class StorageBar {
  #element;
  #stored;
  #quota;
  #fileMost;

  constructor(element) {
    const { used, quota, fileMost } = element.dataset;
    this.#element = element;
    this.#stored = Number(used);
    this.#quota = Number(quota);
    this.#fileMost = Number(fileMost);
  }

  /** Say why a file cannot come, or return null. The hub decides the same anew. */
  refusal({ size: bytes }, rows) {
    const left = Math.max(this.#quota - this.#used(rows), 0);
    const because = (code, text, limit) =>
      filled(text, { reason: texts.problems[code], size: size(limit) });
    if (!bytes) return texts.problems.empty_file;
    if (bytes > this.#fileMost) return because("file_too_large", texts.file_most, this.#fileMost);
    return bytes > left ? because("quota_exceeded", texts.room_left, left) : null;
  }

  /** Count bytes no more that were stored when the page was opened. */
  free(bytes) {
    this.#stored = Math.max(this.#stored - bytes, 0);
  }

  show(rows) {
    const used = this.#used(rows);
    const bar = this.#element.querySelector("[data-bar]");
    bar.max = this.#quota;
    bar.value = Math.min(used, this.#quota);
    const values = { used: size(used), quota: size(this.#quota) };
    this.#element.querySelector("[data-sum]").textContent = filled(texts.storage, values);
  }

  #used(rows) {
    const counted = [...rows].filter((row) => row.isNew && row.phase !== "failed");
    return counted.reduce((sum, row) => sum + row.bytes, this.#stored);
  }
}
