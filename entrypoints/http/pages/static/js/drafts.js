// What this browser remembers of unfinished uploads; the hub has their bytes.

const KEPT_UNLISTED = 3600 * 1000;

export class Drafts {
  #prefix;

  constructor(viewer) {
    this.#prefix = `upload-draft:${viewer}:`;
  }

  read(id) {
    try {
      return JSON.parse(localStorage.getItem(this.#prefix + id));
    } catch {
      return null;
    }
  }

  write(id, draft) {
    try {
      localStorage.setItem(this.#prefix + id, JSON.stringify({ ...draft, saved: Date.now() }));
    } catch {
      // Storage is full or forbidden: the details are on the page still.
    }
  }

  forget(id) {
    try {
      localStorage.removeItem(this.#prefix + id);
    } catch {
      // There was none to forget.
    }
  }

  /** Forget what the hub has no more; a newer one may be another tab's. */
  keepOnly(ids) {
    const known = new Set(ids);
    for (const id of this.#ids()) {
      const old = Date.now() - (this.read(id)?.saved ?? 0) > KEPT_UNLISTED;
      if (!known.has(id) && old) this.forget(id);
    }
  }

  #ids() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix));
      return keys.map((key) => key.slice(this.#prefix.length));
    } catch {
      return [];
    }
  }
}
