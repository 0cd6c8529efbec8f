// Where the video starts: at the second asked for, else where this browser left it.
import { keepPosition, positionOf } from "./memory.js";

const NEAR = 10;
const WORTH = 5;

export function resume({ video, shown, part, start }) {
  const left = positionOf(shown.id);
  const isWithin = shown.duration === null || left < shown.duration - NEAR;
  if (start) video.currentTime = start;
  else if (left > WORTH && isWithin) {
    video.currentTime = left;
    offerStart(video, part);
  }
  remember(video, shown.id);
}

function remember(video, id) {
  let kept = 0;
  const keep = () => {
    const isNearEnd = video.duration && video.currentTime > video.duration - NEAR;
    if (video.ended || isNearEnd) keepPosition(id, null);
    else if (video.currentTime > WORTH) keepPosition(id, video.currentTime);
  };
  video.addEventListener("timeupdate", () => {
    if (Math.abs(video.currentTime - kept) < WORTH) return;
    kept = video.currentTime;
    keep();
  });
  for (const name of ["pause", "ended"]) video.addEventListener(name, keep);
  addEventListener("pagehide", () => video.currentTime > 0 && keep());
}

function offerStart(video, part) {
  const hint = part("hint");
  hint.hidden = false;
  part("from-start").addEventListener("click", () => {
    video.currentTime = 0;
    hint.hidden = true;
    part("toggle").focus();
  });
  video.addEventListener("playing", () => setTimeout(() => (hint.hidden = true), 4000), { once: true });
}
