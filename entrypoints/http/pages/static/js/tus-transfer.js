// The bytes of one file on their way, with tus-js-client: cut, it goes on where it was.
import { BROKEN, GONE, REFUSED, kindOf } from "./upload-api.js";
import { untilWorthTrying } from "./patience.js";

const RETRY_DELAYS = [0, 1000, 3000, 5000, 10_000];
// A connection that died in a sleep may never say so.
const SILENT_FOR = 60_000;
const UNANSWERED_FOR = 180_000;

export function isAvailable() {
  return Boolean(globalThis.tus?.isSupported);
}

export class TusTransfer {
  #upload;
  #heard;
  #file;
  #stopped = null;
  #attempt = 0;
  #lastSign = 0;
  #allSent = false;
  #watch = 0;

  /**
   * `id` is that of an upload to go on with. `heard` is told: `began(id)`, `moved(sent)`,
   * `broke(problem)` while it tries again by itself, `arrived()`, `stopped(kind, problem)`.
   */
  constructor(file, api, id, heard) {
    this.#file = file;
    this.#heard = heard;
    const { tus } = globalThis;
    this.#upload = new tus.Upload(file, {
      endpoint: id ? null : new URL(api.uploads, location.href).href,
      uploadUrl: id ? api.address(id) : null,
      metadata: {
        filename: file.name,
        ...(file.type && { filetype: file.type }),
        lastmodified: String(file.lastModified),
      },
      retryDelays: RETRY_DELAYS,
      // Drafts remember what is unfinished, and the hub lists it.
      storeFingerprintForResuming: false,
      onBeforeRequest: (request) => {
        this.#sign();
        for (const [name, value] of Object.entries(api.headers())) request.setHeader(name, value);
      },
      onAfterResponse: () => this.#sign(),
      onUploadUrlAvailable: () => this.#began(),
      onProgress: (sent, total) => this.#moved(sent, total),
      onShouldRetry: (error) => {
        const { kind, problem } = this.#kind(error);
        const isWorthIt = kind === BROKEN && statusOf(error) !== 429;
        if (isWorthIt) this.#heard.broke(problem);
        return isWorthIt && navigator.onLine !== false;
      },
      onSuccess: () => this.#end(() => this.#heard.arrived()),
      onError: (error) => this.#failed(error),
    });
  }

  start() {
    this.#stopped = new AbortController();
    this.#allSent = false;
    this.#sign();
    this.#watch = setInterval(() => this.#startAnewIfSilent(), 5000);
    this.#upload.start();
  }

  /** Stop; `start` goes on from where it is. */
  async pause() {
    this.#end();
    await this.#upload.abort();
  }

  #began() {
    // With an endpoint, a refusal to go on would begin another upload and lose this one.
    this.#upload.options.endpoint = null;
    if (!this.#stopped?.signal.aborted) this.#heard.began(idOf(this.#upload.url));
  }

  #moved(sent, total) {
    this.#sign();
    this.#attempt = 0;
    this.#allSent = sent === total;
    this.#heard.moved(sent);
  }

  async #failed(error) {
    const { kind, problem } = this.#kind(error);
    if (kind !== BROKEN) {
      this.#end(() => this.#heard.stopped(kind, problem));
      return;
    }
    const { signal } = this.#stopped;
    this.#heard.broke(problem);
    clearInterval(this.#watch);
    await untilWorthTrying((this.#attempt += 1), { signal });
    const isReadable = await canBeRead(this.#file);
    if (signal.aborted) return;
    if (isReadable) this.start();
    else this.#end(() => this.#heard.stopped("unreadable"));
  }

  #kind(error) {
    const problem = problemOf(error);
    const kind = kindOf(statusOf(error), problem);
    // Nothing is at the address of all uploads that could be gone.
    if (kind === GONE && !this.#upload.url) return { kind: REFUSED, problem };
    // Asked for the offset, the hub says where to go on: nothing to tell anybody.
    return { kind, problem: problem?.code === "wrong_offset" ? null : problem };
  }

  async #startAnewIfSilent() {
    const limit = this.#allSent ? UNANSWERED_FOR : SILENT_FOR;
    if (performance.now() - this.#lastSign < limit) return;
    const { signal } = this.#stopped;
    this.#sign();
    this.#heard.broke();
    await this.#upload.abort();
    if (!signal.aborted) this.#upload.start();
  }

  #sign() {
    this.#lastSign = performance.now();
  }

  #end(then) {
    clearInterval(this.#watch);
    this.#stopped?.abort();
    then?.();
  }
}

function idOf(address) {
  return new URL(address, location.href).pathname.split("/").pop();
}

function statusOf(error) {
  return error.originalResponse?.getStatus() ?? 0;
}

function problemOf(error) {
  try {
    return JSON.parse(error.originalResponse.getBody());
  } catch {
    return null;
  }
}

async function canBeRead(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
