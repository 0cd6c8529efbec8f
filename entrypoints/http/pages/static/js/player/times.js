// Times and shares as they are shown, and as they are read out.

const locale = document.documentElement.lang;
const UNITS = ["hour", "minute", "second"];
const spoken = Object.fromEntries(
  UNITS.map((unit) => [unit, new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" })]),
);
const percent = new Intl.NumberFormat(locale, { style: "percent" });
const speed = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });

function parts(seconds) {
  const whole = Math.floor(Number.isFinite(seconds) ? seconds : 0);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
}

/** m:ss, from an hour on h:mm:ss. */
export function clock(seconds) {
  const [hours, minutes, rest] = parts(seconds);
  const end = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}

/** "1 minute 5 seconds", in the page's language. */
export function inWords(seconds) {
  const said = parts(seconds)
    .map((count, index) => (count ? spoken[UNITS[index]].format(count) : ""))
    .filter(Boolean);
  return said.join(" ") || spoken.second.format(0);
}

export function share(value) {
  return percent.format(value);
}

export function times(factor) {
  return `${speed.format(factor)}×`;
}
