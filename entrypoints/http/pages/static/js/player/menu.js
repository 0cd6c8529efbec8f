// A button and the menu it opens: arrows move, Esc closes, the choice is checked.

const ITEMS = "[role^=menuitem]:not([hidden])";
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class Menu {
  #button;
  #list;
  #choices = null;

  constructor(box, name) {
    this.#button = box.querySelector(`[data-opens=${name}]`);
    this.#list = box.querySelector(`[data-menu-of=${name}]`);
    this.#button.addEventListener("click", () => (this.isOpen ? this.close() : this.#open()));
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#list.addEventListener("click", (event) => {
      if (event.target.closest(ITEMS)) this.close();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      const isInside = this.#list.contains(target) || this.#button.contains(target);
      if (this.isOpen && !isInside) this.#shut();
    });
    this.#list.addEventListener("focusout", ({ relatedTarget }) => {
      if (relatedTarget && !this.#list.contains(relatedTarget)) this.#shut();
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Offer `{value, label, checked}`; `pick(value)` is told. Without a choice it is hidden. */
  offer(choices, pick) {
    this.#button.hidden = choices.length === 0;
    const shown = JSON.stringify(choices);
    if (shown === this.#choices) return;
    this.#choices = shown;
    const focused = this.#items().indexOf(document.activeElement);
    this.#list.replaceChildren(...choices.map((choice) => item(choice, pick)));
    if (focused >= 0) (this.#items()[focused] ?? this.#button).focus();
  }

  /** Show on the button, and say by its name, what is chosen. */
  says(text, name) {
    const shown = this.#button.querySelector("[data-says]");
    if (shown) shown.textContent = text;
    if (this.#button.ariaLabel === name) return;
    this.#button.ariaLabel = name;
    this.#button.title = name;
  }

  close() {
    if (!this.isOpen) return;
    this.#shut();
    this.#button.focus();
  }

  #items() {
    return [...this.#list.querySelectorAll(ITEMS)];
  }

  #open() {
    this.#list.hidden = false;
    this.#button.ariaExpanded = "true";
    const items = this.#items();
    (items.find(({ ariaChecked }) => ariaChecked === "true") ?? items[0])?.focus();
  }

  #shut() {
    this.#list.hidden = true;
    this.#button.ariaExpanded = "false";
  }

  #onKey(event) {
    const items = this.#items();
    const at = items.indexOf(document.activeElement);
    const { key } = event;
    if (key === "Escape" || key === "Tab") this.close();
    else if (key in STEPS) items.at((at + STEPS[key]) % items.length).focus();
    else if (key === "Home" || key === "End") items.at(key === "Home" ? 0 : -1).focus();
    else return;
    if (key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }
}

function item({ value, label, language, checked }, pick) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", role: "menuitemradio", tabIndex: -1, textContent: label });
  button.ariaChecked = String(checked);
  button.dataset.value = value;
  if (language) button.lang = language;
  button.addEventListener("click", () => pick(value));
  return button;
}
