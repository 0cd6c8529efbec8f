// Small pictures of the video: WebVTT cues that name a part of a sheet of them.

const CUE = /^([\d:.]+) --> ([\d:.]+)[^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/gm;

function secondsOf(code) {
  return code.split(":").reduce((seconds, part) => seconds * 60 + Number(part), 0);
}

function tilesOf(text, base) {
  return [...text.replaceAll("\r\n", "\n").matchAll(CUE)].map(([, start, end, sheet, ...area]) => {
    const [x, y, width, height] = area.map(Number);
    return { start: secondsOf(start), end: secondsOf(end), sheet: new URL(sheet, base).href, x, y, width, height };
  });
}

export class Storyboard {
  #address = null;
  #tiles = null;

  /** Take the pictures from here; they are asked for when one is wanted. */
  use(address) {
    if (address === this.#address) return;
    this.#address = address;
    this.#tiles = null;
  }

  /** The picture of a second, or null. */
  async tileAt(seconds) {
    if (!this.#address) return null;
    this.#tiles ??= this.#load(this.#address);
    const tiles = await this.#tiles;
    return tiles.find(({ end }) => seconds < end) ?? tiles.at(-1) ?? null;
  }

  async #load(address) {
    try {
      const response = await fetch(address);
      return response.ok ? tilesOf(await response.text(), new URL(address, document.baseURI)) : [];
    } catch {
      return [];
    }
  }
}
