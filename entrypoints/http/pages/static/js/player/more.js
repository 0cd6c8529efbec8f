// The rest: loop, a link to this second, help.
import { Menu } from "./menu.js";
import { filled, texts } from "../texts.js";

export function offerMore({ box, video, part, shown, say, keys }) {
  new Menu(box, "more");
  part("loop").addEventListener("click", () => {
    video.loop = !video.loop;
    part("loop").ariaChecked = String(video.loop);
  });
  part("copy").addEventListener("click", async () => {
    const link = linkAt(shown.address, video.currentTime);
    say((await copied(link)) ? texts.copied : filled(texts.not_copied, { link }));
  });
  part("help-button").addEventListener("click", () => keys.showHelp());
}

function linkAt(address, seconds) {
  const link = new URL(address, location.href);
  const whole = Math.floor(seconds);
  if (whole > 0) link.searchParams.set("t", whole);
  return link.href;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS there is no clipboard: the viewer is shown the link.
    return false;
  }
}
