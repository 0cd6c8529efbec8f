// Tells the hub how much this playback has shown, so that it counts as a view.
const VIEW = 10;
const EVERY = 30;
const AGAIN = 5;
// What goes by between two looks at the clock is playing; more than that is a jump.
const STEP = 2;

export class Heartbeats {
  #video;
  #address;
  #enough;
  #next;
  #token;
  #shown = 0;
  #told = 0;
  #last = null;
  #isTelling = false;

  constructor({ video, shown }) {
    this.#video = video;
    this.#address = `/api/v1/videos/${shown.id}/views`;
    this.#enough = shown.duration === null ? VIEW : Math.min(VIEW, shown.duration / 2);
    this.#next = this.#enough;
    // Whoever leaves the page has no time to wait for a token.
    video.addEventListener("playing", () => this.#prepare().catch(() => {}));
    video.addEventListener("timeupdate", () => this.#look());
    for (const name of ["seeking", "seeked", "pause"]) video.addEventListener(name, () => this.#rest());
    video.addEventListener("ended", () => this.#end());
    addEventListener("pagehide", () => this.#end());
  }

  #look() {
    const { currentTime, paused, seeking, playbackRate } = this.#video;
    const gone = this.#last === null ? 0 : currentTime - this.#last;
    if (!seeking && gone > 0 && gone < STEP * Math.max(playbackRate, 1)) this.#shown += gone;
    this.#last = paused || seeking ? null : currentTime;
    if (this.#shown >= this.#next) this.#tell();
  }

  #rest() {
    this.#last = null;
  }

  #end() {
    this.#look();
    this.#rest();
    if (this.#shown >= this.#enough && this.#shown > this.#told) this.#tell();
  }

  async #prepare() {
    this.#token ??= await freshToken();
  }

  async #tell() {
    if (this.#isTelling) return;
    this.#isTelling = true;
    const seconds = this.#shown;
    this.#next = seconds + AGAIN;
    try {
      if (!this.#token) await this.#prepare();
      const { ok, status } = await this.#send(seconds);
      // Whoever signed in or out in another tab has another token.
      if (status === 403) this.#token = undefined;
      if (ok) {
        this.#told = seconds;
        this.#next = seconds + EVERY;
      }
    } catch {
      // The next one says it too.
    } finally {
      this.#isTelling = false;
    }
  }

  #send(seconds) {
    return fetch(this.#address, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRF-Token": this.#token },
      body: JSON.stringify({ seconds }),
    });
  }
}

async function freshToken() {
  const answer = await fetch("/api/v1/csrf", { cache: "no-store" });
  return answer.ok ? (await answer.json()).csrf_token : undefined;
}
