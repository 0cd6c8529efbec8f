// Suggestions under the search field, as the combobox of the ARIA Authoring Practices: the
// arrows go through them, Enter takes one, Escape closes. Without this the field is a field.

const PAUSE = 150;
const LEAST = 2;

export function suggestSearches() {
  const field = document.querySelector("[data-suggestions]");
  if (field) new Suggestions(field);
}

class Suggestions {
  constructor(field) {
    this.field = field;
    this.list = document.getElementById(field.dataset.suggestions);
    this.said = document.createElement("p");
    this.said.className = "visually-hidden";
    this.said.setAttribute("aria-live", "polite");
    this.list.after(this.said);
    this.asked = "";
    field.setAttribute("role", "combobox");
    field.setAttribute("autocomplete", "off");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", this.list.id);
    this.close();
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => this.close());
    // The field keeps the focus while an option is clicked.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  get options() {
    return [...this.list.children];
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const text = this.field.value.trim();
    this.asked = text;
    this.request?.abort();
    if (text.length < LEAST || text.length > 100) {
      this.close();
      return;
    }
    this.request = new AbortController();
    try {
      const address = `/api/v1/search/suggestions?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { signal: this.request.signal });
      if (!response.ok) throw new Error(String(response.status));
      const { items } = await response.json();
      if (this.asked === text && document.activeElement === this.field) this.show(items);
    } catch {
      // There are none then: the field works without them.
      this.close();
    }
  }

  show(items) {
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)));
    this.list.hidden = items.length === 0;
    this.field.setAttribute("aria-expanded", String(items.length > 0));
    this.field.removeAttribute("aria-activedescendant");
    this.said.textContent = items.length ? this.list.dataset.count.replace("{count}", items.length) : "";
  }

  option({ kind, text, channel }, index) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${index}`;
    option.className = "suggestion";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.text = text;
    if (channel) option.dataset.channel = channel.id;
    const words = document.createElement("span");
    words.className = "suggestion__text";
    words.dir = "auto";
    words.textContent = text;
    option.append(words);
    const about = this.list.dataset[kind];
    if (about) {
      const label = document.createElement("span");
      label.className = "suggestion__kind";
      label.textContent = about;
      option.append(" ", label);
    }
    return option;
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) return;
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const chosen = this.chosen;
      if (!chosen) return;
      event.preventDefault();
      this.take(chosen);
    }
  }

  get chosen() {
    return this.list.hidden ? null : this.list.querySelector("[aria-selected=true]");
  }

  move(step) {
    const { options } = this;
    const before = options.indexOf(this.chosen);
    // Before the first and after the last is the field itself.
    const places = options.length + 1;
    const next = (before + 1 + step + places) % places - 1;
    for (const [index, option] of options.entries()) {
      option.setAttribute("aria-selected", String(index === next));
    }
    if (next < 0) {
      this.field.removeAttribute("aria-activedescendant");
    } else {
      this.field.setAttribute("aria-activedescendant", options[next].id);
      options[next].scrollIntoView({ block: "nearest" });
    }
  }

  take(option) {
    if (option.dataset.channel) {
      location.assign(`/channels/${option.dataset.channel}`);
      return;
    }
    this.field.value = option.dataset.text;
    this.close();
    this.field.form.requestSubmit();
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.asked = "";
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    this.said.textContent = "";
  }
}
