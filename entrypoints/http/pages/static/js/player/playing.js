// Play, sound and speed: the buttons, and what keys and the system ask for.
import { Menu } from "./menu.js";
import { choices, choose } from "./memory.js";
import { filled, texts } from "../texts.js";
import { share, times } from "./times.js";

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const FRAME = 1 / 30;
const SHORTEST_FRAME = 1 / 240;

export class Playing {
  #player;
  #video;
  #menu;
  #frame = FRAME;

  constructor(player) {
    this.#player = player;
    this.#video = player.video;
    this.#menu = new Menu(player.box, "speed");
    const { part } = player;
    part("toggle").addEventListener("click", () => this.toggle());
    part("start-button").addEventListener("click", () => {
      this.play();
      // The button goes away; who uses keys goes on from here.
      part("toggle").focus();
    });
    part("mute").addEventListener("click", () => this.mute());
    part("level").addEventListener("input", ({ target }) => this.setVolume(Number(target.value)));
    for (const name of ["play", "pause", "ended"]) {
      this.#video.addEventListener(name, () => this.#showState());
    }
    this.#video.addEventListener("volumechange", () => this.#showVolume());
    this.#video.addEventListener("ratechange", () => this.#showSpeed());
    this.#recall();
    this.#measureFrames();
  }

  play() {
    // A browser may refuse to play before a click; the buttons are there for that.
    this.#video.play().catch(() => {});
  }

  toggle() {
    if (this.#video.paused) this.play();
    else this.#video.pause();
  }

  mute() {
    this.#video.muted = !this.#video.muted;
    if (!this.#video.muted && this.#video.volume === 0) this.#video.volume = 0.5;
    this.#rememberVolume();
  }

  setVolume(volume) {
    this.#video.volume = Math.min(Math.max(volume, 0), 1);
    this.#video.muted = this.#video.volume === 0;
    this.#rememberVolume();
  }

  turnBy(step) {
    this.setVolume(Math.round((this.#video.volume + step) * 100) / 100);
  }

  setSpeed(speed) {
    this.#video.defaultPlaybackRate = speed;
    this.#video.playbackRate = speed;
    choose({ speed });
    this.#player.say(filled(texts.speed, { speed: times(speed) }));
  }

  /** The next slower speed for -1, the next faster one for 1. */
  stepSpeed(step) {
    const next = SPEEDS.indexOf(this.#video.playbackRate) + step;
    if (SPEEDS[next]) this.setSpeed(SPEEDS[next]);
  }

  stepFrame(step) {
    this.#video.pause();
    this.#player.seekBar.seekTo(this.#video.currentTime + step * this.#frame);
  }

  #recall() {
    const { volume = 1, muted = false, speed = 1 } = choices();
    this.#video.volume = Math.min(Math.max(Number(volume) || 0, 0), 1);
    this.#video.muted = muted === true;
    const known = SPEEDS.includes(speed) ? speed : 1;
    this.#video.defaultPlaybackRate = known;
    this.#video.playbackRate = known;
    this.#showState();
    this.#showVolume();
    this.#showSpeed();
  }

  #rememberVolume() {
    const { volume, muted } = this.#video;
    choose({ volume, muted });
    this.#player.say(muted ? texts.muted : filled(texts.volume, { percent: share(volume) }));
  }

  #showState() {
    const { paused } = this.#video;
    const { box, part } = this.#player;
    box.classList.toggle("player--playing", !paused);
    if (!paused) box.classList.add("player--started");
    name(part("toggle"), paused ? texts.play : texts.pause, "K");
  }

  #showVolume() {
    const { volume, muted } = this.#video;
    const { box, part } = this.#player;
    box.classList.toggle("player--muted", muted || volume === 0);
    name(part("mute"), muted ? texts.unmute : texts.mute, "M");
    part("level").value = muted ? 0 : volume;
    part("level").ariaValueText = share(muted ? 0 : volume);
    part("level").style.setProperty("--level", muted ? 0 : volume);
  }

  #showSpeed() {
    const { playbackRate } = this.#video;
    const offered = SPEEDS.map((speed) => ({
      value: speed,
      label: times(speed),
      checked: speed === playbackRate,
    }));
    this.#menu.offer(offered, (speed) => this.setSpeed(speed));
    this.#menu.says(times(playbackRate), filled(texts.speed, { speed: times(playbackRate) }));
  }

  /** Learn from the pictures how long one is shown. */
  #measureFrames() {
    let before = null;
    const look = (_, { mediaTime, presentedFrames }) => {
      const frames = before ? presentedFrames - before.presentedFrames : 0;
      const each = before ? (mediaTime - before.mediaTime) / frames : 0;
      if (frames > 0 && each >= SHORTEST_FRAME && each < 1) this.#frame = Math.min(each, 0.2);
      before = this.#video.paused ? null : { mediaTime, presentedFrames };
      this.#video.requestVideoFrameCallback(look);
    };
    this.#video.requestVideoFrameCallback?.(look);
  }
}

function name(button, text, key) {
  button.ariaLabel = text;
  button.title = `${text} (${key})`;
}
