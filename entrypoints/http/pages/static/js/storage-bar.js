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

  /** Return the code of why a file cannot come, or null. The hub decides the same anew. */
  refusal({ size: bytes }, rows) {
    if (!bytes) return "empty_file";
    if (bytes > this.#fileMost) return "file_too_large";
    return this.#used(rows) + bytes > this.#quota ? "quota_exceeded" : null;
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
