// <local-time data-form="age|day"><time datetime="…">: the server's words, then the
// reader's own time zone.

const locale = document.documentElement.lang;
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always" });

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

function age(at) {
  const seconds = (Date.now() - at) / 1000;
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return null; // The page already says "just now" in its own words.
}

class LocalTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const at = time ? new Date(time.dateTime) : null;
    if (!at || Number.isNaN(at.getTime())) return;
    const text = this.dataset.form === "age" ? age(at) : day.format(at);
    if (text && text !== time.textContent) time.textContent = text;
    time.title = full.format(at);
  }
}

customElements.define("local-time", LocalTime);
