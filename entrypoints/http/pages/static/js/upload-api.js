// What the upload page asks of the hub, apart from the bytes.

export const SIGNED_OUT = "signed-out";
export const GONE = "gone";
export const BROKEN = "broken";
export const REFUSED = "refused";

/** What is to be done about an answer that is not the one hoped for. */
export function kindOf(status, problem) {
  if (status === 401 || problem?.code === "csrf_failed") return SIGNED_OUT;
  if (status === 404 || status === 410) return GONE;
  // Of a connection that broke, a browser may by itself send again what has arrived.
  if (problem?.code === "wrong_offset") return BROKEN;
  if (!status || status === 429 || status >= 500) return BROKEN;
  return REFUSED;
}

export class UploadApi {
  #viewer;
  #token;

  constructor({ uploads, videos, session, token, viewer }) {
    Object.assign(this, { uploads, videos, session });
    this.#token = token;
    this.#viewer = viewer;
  }

  /** The headers that every request needs. */
  headers() {
    return { "X-CSRF-Token": this.#token, Accept: "application/json" };
  }

  address(id) {
    return new URL(`${this.uploads}/${encodeURIComponent(id)}`, location.href).href;
  }

  /** The member's uploads that no video took yet. */
  async unfinished() {
    const { status, document } = await this.#ask("GET", this.uploads);
    return status === 200 ? document.items : [];
  }

  /** What the upload's metadata says of a key, or null. */
  async metadata(id, key) {
    const headers = { ...this.headers(), "Tus-Resumable": "1.0.0" };
    const answer = await fetch(this.address(id), { method: "HEAD", headers, cache: "no-store" });
    const pairs = answer.headers.get("Upload-Metadata")?.split(",") ?? [];
    const pair = pairs.map((one) => one.trim().split(" ")).find(([name]) => name === key);
    return pair ? atob(pair[1] ?? "") : null;
  }

  /** Delete an upload; one that is gone is deleted. */
  async discard(id) {
    const headers = { "Tus-Resumable": "1.0.0" };
    const { status, document } = await this.#ask("DELETE", this.address(id), { headers });
    return status === 204 || status === 404 ? null : { status, document };
  }

  /** Make the upload a video; the same `key` makes it once. */
  create(id, details, key) {
    return this.#ask("POST", this.videos, {
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify({ upload_id: id, ...details }),
    });
  }

  /** End an upload of which every byte is there, but not the hub's word that it is whole. */
  end(id, length) {
    return this.#ask("PATCH", this.address(id), {
      headers: {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": String(length),
        "Content-Type": "application/offset+octet-stream",
      },
    });
  }

  /** Whether the member is signed in, perhaps again; a new session has a new token. */
  async renew() {
    const { status, document } = await this.#ask("GET", this.session);
    if (status !== 200 || document.user?.id !== this.#viewer) return false;
    this.#token = document.csrf_token;
    return true;
  }

  async #ask(method, address, { headers, body } = {}) {
    const answer = await fetch(address, {
      method,
      headers: { ...this.headers(), ...headers },
      body,
      cache: "no-store",
    });
    const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") ?? "");
    const document = isJson ? await answer.json() : null;
    return { status: answer.status, document };
  }
}
