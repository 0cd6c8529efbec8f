// Where the pictures come from, and in which quality: HLS where there is some, else the MP4.
import { Still } from "./still.js";

const HLS = "application/vnd.apple.mpegurl";

function shorterSide({ width, height }) {
  return Math.min(width, height);
}

/**
 * HLS is played by the browser where it can, and by `shown.engine` where not. A browser that
 * plays it chooses the quality itself: one is chosen for it by a playlist that has no other.
 */
export class Sources {
  #video;
  #still;
  #playback;
  #renditions = [];
  #engine;
  #hls = null;
  #loaded = "";
  #wanted = 0;
  #onChange;
  chosen = "original";

  constructor({ video, shown, part }, onChange) {
    this.#video = video;
    this.#still = new Still(video, part("still"));
    this.#engine = shown.engine;
    this.#playback = shown.playback;
    this.#renditions = shown.renditions;
    this.#onChange = onChange;
    video.addEventListener("resize", onChange);
  }

  /** Begin with HLS if there is some. */
  start() {
    if (this.#canStream) this.choose("auto");
    this.#video.preload = "metadata";
  }

  /** Take over what became known of the video; what is playing goes on. */
  update(playback, renditions) {
    const couldStream = this.#canStream;
    this.#playback = playback;
    this.#renditions = renditions;
    const untouched = this.#video.paused && this.#video.played.length === 0;
    if (!couldStream && this.#canStream && untouched) this.choose("auto");
    this.#onChange();
  }

  get #plays() {
    return this.#video.canPlayType(HLS) !== "";
  }

  get #canStream() {
    const canFeed = "MediaSource" in window || "ManagedMediaSource" in window;
    return Boolean(this.#playback.hls) && (this.#plays || (canFeed && Boolean(this.#engine)));
  }

  /** What the viewer can choose from, best first; empty if there is no choice. */
  get qualities() {
    if (!this.#canStream) return [];
    const names = this.#renditions
      .filter(({ height }) => height > 0)
      .sort((one, other) => shorterSide(other) - shorterSide(one))
      .map(({ name }) => name);
    return ["auto", ...names, ...(this.#playback.mp4 ? ["original"] : [])];
  }

  /** The name of the rendition that is on the screen; null if that cannot be told. */
  get playing() {
    const side = shorterSide({ width: this.#video.videoWidth, height: this.#video.videoHeight });
    return this.#renditions.find((one) => side > 0 && shorterSide(one) === side)?.name ?? null;
  }

  /** Tell whether choosing this changes anything: a playlist knows no later rendition. */
  isNews(name) {
    return name !== this.chosen || (name !== "original" && this.#loaded !== this.#names);
  }

  get #names() {
    return this.#renditions.map(({ name }) => name).join();
  }

  async choose(name) {
    this.chosen = name;
    this.#onChange();
    if (name === "original") this.#load(this.#playback.mp4);
    else if (this.#plays) this.#load(this.#playlistOf(name));
    else await this.#stream(name);
  }

  /** Go on with the MP4 after HLS failed; tell whether there is such a way out. */
  fallBack() {
    if (this.chosen === "original" || !this.#playback.mp4) return false;
    this.choose("original");
    return true;
  }

  #playlistOf(name) {
    const master = this.#playback.hls;
    return name === "auto" ? master : master.replace(/master(?=[^/]*$)/, `master-${name}`);
  }

  #load(address) {
    this.#wanted += 1;
    this.#loaded = this.#names;
    this.#keepPlace(() => {
      this.#letGo();
      this.#video.src = address;
    });
  }

  async #stream(name) {
    if (this.#hls && this.#loaded === this.#names) {
      this.#hls.nextLevel = this.#levelOf(name);
      return;
    }
    this.#wanted += 1;
    const wanted = this.#wanted;
    let Hls;
    try {
      ({ default: Hls } = await import(this.#engine));
    } catch {
      if (wanted === this.#wanted) this.fallBack();
      return;
    }
    // While the engine was loading, the viewer may have chosen otherwise.
    if (wanted !== this.#wanted) return;
    this.#loaded = this.#names;
    this.#keepPlace((startPosition) => {
      this.#letGo();
      this.#hls = new Hls({ enableWorker: false, capLevelToPlayerSize: true, startPosition });
      this.#hls.on(Hls.Events.MANIFEST_PARSED, () => {
        const level = this.#levelOf(this.chosen);
        if (level >= 0) this.#hls.nextLevel = level;
      });
      this.#hls.on(Hls.Events.ERROR, (_, { fatal, type }) => {
        if (fatal) this.#recover(type === Hls.ErrorTypes.MEDIA_ERROR);
      });
      this.#hls.loadSource(this.#playback.hls);
      this.#hls.attachMedia(this.#video);
    });
  }

  #letGo() {
    this.#hls?.destroy();
    this.#hls = null;
  }

  #levelOf(name) {
    const wanted = this.#renditions.find((one) => one.name === name);
    if (!wanted) return -1;
    return this.#hls.levels.findIndex((level) => shorterSide(level) === shorterSide(wanted));
  }

  #recover(isMediaError) {
    if (isMediaError && !this.#hls.recovered) {
      this.#hls.recovered = true;
      this.#hls.recoverMediaError();
    } else this.fallBack();
  }

  /** Change the source; position, speed and whether it plays stay. */
  #keepPlace(change) {
    const video = this.#video;
    const { currentTime, playbackRate } = video;
    const plays = !video.paused && !video.ended;
    this.#still.show();
    change(currentTime);
    // Before there is anything to seek in, this is where it will start.
    video.currentTime = currentTime;
    video.playbackRate = playbackRate;
    if (plays) video.play().catch(() => {});
  }
}
