// What went wrong, in words, and another try; HLS gives way to the MP4 first.

const CAUSES = { 2: "network", 3: "decode" };

export function reportProblems({ video, part, sources, playing }) {
  const card = part("problem");
  let at = 0;
  const show = async () => {
    const { error } = video;
    if (!error) return;
    at = video.currentTime || at;
    if (sources.fallBack()) return;
    const cause = CAUSES[error.code] ?? (await causeOf(video.currentSrc));
    // In the meantime the viewer may have chosen something else.
    if (video.error !== error) return;
    card.querySelector("[data-text]").textContent = card.dataset[cause];
    card.hidden = false;
  };
  video.addEventListener("error", show);
  show();
  video.addEventListener("loadedmetadata", () => (card.hidden = true));
  card.querySelector("[data-again]").addEventListener("click", () => {
    card.hidden = true;
    video.load();
    video.currentTime = at;
    playing.play();
  });
}

/** Why nothing of the video came: the element itself does not tell. */
async function causeOf(address) {
  try {
    const answer = await fetch(address, { method: "HEAD", cache: "no-store", redirect: "manual" });
    if (answer.ok) return "decode";
    return answer.status >= 400 && answer.status < 500 ? "missing" : "network";
  } catch {
    return "network";
  }
}
