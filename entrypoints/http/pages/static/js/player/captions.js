// Captions: which language is shown, and that it is again in the next video.
import { Menu } from "./menu.js";
import { choices, choose } from "./memory.js";
import { filled, texts } from "../texts.js";

const OFF = "";

export class Captions {
  #player;
  #menu;
  #offered = [];
  language = OFF;

  constructor(player) {
    this.#player = player;
    this.#menu = new Menu(player.box, "captions");
    this.#offered = player.shown.playback.captions;
    // The browser chooses tracks again for another source.
    player.video.addEventListener("loadedmetadata", () => this.#show());
    this.#use(this.#find(choices().captions ?? OFF));
  }

  update({ captions }) {
    if (JSON.stringify(captions) === JSON.stringify(this.#offered)) return;
    this.#offered = captions;
    for (const track of this.#player.video.querySelectorAll("track")) track.remove();
    this.#player.video.append(...captions.map(trackOf));
    this.#use(this.#find(this.language || (choices().captions ?? OFF)));
  }

  /** Off, or on in the language that was last chosen, else in the page's, else in the first. */
  toggle() {
    if (this.#offered.length === 0) return;
    if (this.language !== OFF) {
      this.pick(OFF);
      return;
    }
    const { spoken } = choices();
    const wanted = [spoken, document.documentElement.lang].filter(Boolean).map((one) => this.#find(one));
    this.pick(wanted.find(Boolean) || this.#offered[0].language);
  }

  pick(language) {
    choose(language === OFF ? { captions: OFF } : { captions: language, spoken: language });
    this.#use(language);
    this.#player.say(filled(texts.captions, { language: this.#label(language) }));
  }

  /** The offered language that is the wanted one, or at least another form of it. */
  #find(wanted) {
    const primary = (tag) => tag.split("-")[0];
    const languages = this.#offered.map(({ language }) => language);
    const same = languages.find((one) => one === wanted);
    return same ?? languages.find((one) => wanted && primary(one) === primary(wanted)) ?? OFF;
  }

  #label(language) {
    return this.#offered.find((one) => one.language === language)?.label ?? texts.off;
  }

  #use(language) {
    this.language = language;
    this.#show();
    const off = { value: OFF, label: texts.off, checked: language === OFF };
    const tracks = this.#offered.map((one) => ({
      value: one.language,
      label: one.label,
      language: one.language,
      checked: one.language === language,
    }));
    this.#menu.offer(tracks.length ? [off, ...tracks] : [], (value) => this.pick(value));
    this.#menu.says("", filled(texts.captions, { language: this.#label(language) }));
    this.#player.box.classList.toggle("player--captioned", language !== OFF);
  }

  #show() {
    for (const { track, srclang } of this.#player.video.querySelectorAll("track")) {
      track.mode = this.language !== OFF && srclang === this.language ? "showing" : "disabled";
    }
  }
}

function trackOf({ language, label, url }) {
  const track = document.createElement("track");
  return Object.assign(track, { kind: "subtitles", src: url, srclang: language, label });
}
