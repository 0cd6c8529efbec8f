// The page's texts for scripts, from its JSON data block.

const block = document.getElementById("texts");

export const texts = block ? JSON.parse(block.textContent) : {};

/** Fill `{name}` places of a text. */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** What a problem+json document says, in the page's language. */
export function problemText(problem) {
  const known = texts.problems?.[problem?.code];
  return known ?? problem?.detail ?? texts.unknown;
}
