// The menu of qualities; what "auto" plays is said with it.
import { Menu } from "./menu.js";
import { filled, texts } from "../texts.js";

export class Quality {
  #sources;
  #menu;
  #say;

  constructor(player) {
    this.#sources = player.sources;
    this.#menu = new Menu(player.box, "quality");
    this.#say = player.say;
    this.show();
  }

  show() {
    const { qualities, chosen, playing } = this.#sources;
    const offered = qualities.map((name) => ({
      value: name,
      label: this.#label(name),
      checked: name === chosen,
    }));
    this.#menu.offer(offered, (name) => {
      if (this.#sources.isNews(name)) this.#sources.choose(name);
      this.#say(filled(texts.quality, { quality: this.#label(name) }));
    });
    const short = chosen === "auto" && playing ? playing : this.#label(chosen);
    this.#menu.says(short, filled(texts.quality, { quality: this.#label(chosen) }));
  }

  #label(name) {
    const { chosen, playing } = this.#sources;
    if (name === "original") return texts.original;
    if (name !== "auto") return name;
    const isKnown = chosen === "auto" && playing;
    return isKnown ? filled(texts.auto_playing, { quality: playing }) : texts.auto;
  }
}
