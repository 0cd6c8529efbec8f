// The details of one video: title, description, tags, who can watch and comment.
import { texts } from "./texts.js";

const NAMES = ["title", "description", "tags", "visibility", "comments_allowed"];

export class DetailsForm {
  #element;

  constructor(element, prefix, changed) {
    this.#element = element;
    for (const name of NAMES) {
      element.querySelector(`[data-for=${name}]`).htmlFor = `${prefix}-${name}`;
      this.#field(name).id = `${prefix}-${name}`;
      this.#error(name).id = `${prefix}-${name}-error`;
    }
    element.addEventListener("input", (event) => {
      this.#clearError(event.target.dataset.field);
      changed();
    });
  }

  /** The fields as they are typed. */
  get values() {
    return Object.fromEntries(NAMES.map((name) => [name, this.#field(name).value]));
  }

  set values(values) {
    for (const name of NAMES) {
      if (typeof values?.[name] === "string") this.#field(name).value = values[name];
    }
  }

  /** The fields as the API takes them. */
  get document() {
    const { tags, comments_allowed: allowed, ...rest } = this.values;
    const comments = { comments_allowed: allowed === "true" };
    return { ...rest, ...comments, tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean) };
  }

  set disabled(disabled) {
    this.#element.disabled = disabled;
  }

  isComplete() {
    if (this.#field("title").value.trim()) return true;
    this.#showError("title", texts.fields["/title"].required);
    return false;
  }

  /** Go to the first field that is wrong. */
  focus() {
    this.#element.querySelector("[aria-invalid]")?.focus();
  }

  /** Show what a problem+json document says of the fields. */
  showErrors(problem) {
    for (const { pointer, code, detail } of problem?.errors ?? []) {
      const [, name] = pointer.split("/");
      if (!NAMES.includes(name)) continue;
      this.#showError(name, texts.fields[`/${name}`]?.[code] ?? texts.problems[code] ?? detail);
    }
  }

  #showError(name, text) {
    const line = this.#error(name);
    line.textContent = text;
    line.hidden = false;
    const field = this.#field(name);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", line.id);
  }

  #clearError(name) {
    const line = name && this.#error(name);
    if (!line || line.hidden) return;
    line.hidden = true;
    this.#field(name).removeAttribute("aria-invalid");
    this.#field(name).removeAttribute("aria-describedby");
  }

  #field(name) {
    return this.#element.querySelector(`[data-field=${name}]`);
  }

  #error(name) {
    return this.#element.querySelector(`[data-error-of=${name}]`);
  }
}
