// Tells the hub how much this playback has shown, so that it counts as a view.
const VIEW = 10;
const EVERY = 30;
// What goes by between two looks at the clock is playing; more than that is a jump.
const STEP = 2;

export class Heartbeats {
  #video;
  #address;
  #enough;
  #token;
  #shown = 0;
  #told = 0;
  #last = null;
  #isTelling = false;

  constructor({ video, shown }) {
    this.#video = video;
    this.#address = `/api/v1/videos/${shown.id}/views`;
    this.#enough = shown.duration === null ? VIEW : Math.min(VIEW, shown.duration / 2);
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
    const next = this.#told ? this.#told + EVERY : this.#enough;
    if (this.#shown >= next) this.#tell();
  }

  #rest() {
    this.#last = null;
  }

  #end() {
    this.#look();
    this.#rest();
    if (this.#shown >= this.#enough && this.#shown > this.#told) this.#tell();
  }

  async #tell() {
    if (this.#isTelling) return;
    this.#isTelling = true;
    const seconds = this.#shown;
    try {
      this.#token ??= await freshToken();
      const answer = await this.#send(seconds);
      // Whoever signed in or out in another tab has another token.
      if (answer.status === 403) this.#token = undefined;
      this.#told = seconds;
    } catch {
      // The next one says it too.
      this.#told = Math.max(seconds - EVERY / 2, this.#enough / 2);
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
  return (await answer.json()).csrf_token;
}
