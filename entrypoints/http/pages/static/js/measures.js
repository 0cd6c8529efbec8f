// Bytes, times and shares in the page's language.

const locale = document.documentElement.lang;
const percents = new Intl.NumberFormat(locale, { style: "percent" });
const MEASURED_FOR = 4000;

/** A share of 1 in whole percents; never 100 before it is all. */
export function percent(share) {
  return percents.format(Math.floor(share * 100) / 100);
}

export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = value < 10 && step > 0 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: units[step],
    maximumFractionDigits: digits,
  }).format(value);
}

export function span(seconds) {
  const [value, unit] =
    seconds < 60 ? [Math.max(seconds, 1), "second"]
    : seconds < 3600 ? [seconds / 60, "minute"]
    : [seconds / 3600, "hour"];
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: unit === "hour" ? 1 : 0,
  }).format(unit === "second" ? Math.ceil(value) : value);
}

/** How quickly bytes went in the last seconds. */
export class Pace {
  #samples = [];

  /** Note how many there are by now; return bytes a second and how sure that is. */
  at(bytes) {
    const now = performance.now();
    // What was done before a break says nothing of the pace after it.
    if (this.#samples.length && bytes < this.#samples.at(-1)[1]) this.#samples = [];
    this.#samples.push([now, bytes]);
    this.#samples = this.#samples.filter(([at]) => now - at <= MEASURED_FOR);
    const [since, had] = this.#samples[0];
    const perSecond = now > since ? ((bytes - had) * 1000) / (now - since) : 0;
    return { perSecond, isSteady: now - since >= 1000 };
  }

  reset() {
    this.#samples = [];
  }
}
