// Buttons that are on or off: shown changed at once, and changed back if that is not stored.

const toggles = new Map();

class Toggle {
  #form;
  #isStored;
  #isSending = false;

  constructor(form) {
    this.#form = form;
    this.#isStored = this.isOn = form.classList.contains("toggle--on");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.show(!this.isOn);
      this.#send();
    });
  }

  show(isOn) {
    this.isOn = isOn;
    const { id, classList } = this.#form;
    classList.toggle("toggle--on", isOn);
    this.#form.querySelector("[aria-pressed]")?.setAttribute("aria-pressed", String(isOn));
    for (const shown of document.querySelectorAll(`[data-shows="${id}"]`)) {
      shown.textContent = isOn ? shown.dataset.on : shown.dataset.off;
    }
    for (const form of document.querySelectorAll(`[data-belongs-to="${id}"]`)) form.hidden = !isOn;
  }

  /** Take over what the hub does by itself. */
  settle(isOn) {
    this.#isStored = isOn;
    this.show(isOn);
  }

  async #send() {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#say("");
    // Whoever changes their mind while it is sent is sent again.
    while (this.isOn !== this.#isStored) {
      const isOn = this.isOn;
      if (!(await this.#store(isOn))) {
        this.show(this.#isStored);
        break;
      }
      this.#isStored = isOn;
      for (const form of document.querySelectorAll(`[data-belongs-to="${this.#form.id}"]`)) {
        // A new subscription rings.
        if (isOn) toggles.get(form).settle(true);
      }
    }
    this.#isSending = false;
  }

  async #store(isOn) {
    const { toggle, onBody, offBody, signIn, failed } = this.#form.dataset;
    const body = isOn ? onBody : offBody;
    const headers = { "X-CSRF-Token": this.#form.elements.csrf_token.value };
    if (body) headers["Content-Type"] = "application/json";
    try {
      const answer = await fetch(toggle, { method: isOn || body ? "PUT" : "DELETE", headers, body });
      if (answer.ok) return true;
      const problem = await answer.json();
      if (answer.status === 401 || problem.code === "csrf_failed") location.assign(signIn);
    } catch {
      // There is no connection, or no answer that means anything.
    }
    this.#say(failed);
    return false;
  }

  #say(text) {
    let said = this.#form.querySelector("[role='alert']");
    if (!said && text) {
      said = document.createElement("p");
      said.className = "toggle__problem";
      said.setAttribute("role", "alert");
      this.#form.append(said);
    }
    if (said) said.textContent = text;
  }
}

for (const form of document.querySelectorAll("[data-toggle]")) toggles.set(form, new Toggle(form));
