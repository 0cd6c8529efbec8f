// What went wrong, in words, and another try; HLS gives way to the MP4 first.

const MEDIA_ERRORS = { 2: "network", 3: "decode", 4: "missing" };

export function reportProblems({ video, part, sources, playing }) {
  const card = part("problem");
  let at = 0;
  const show = () => {
    // Without a code it is an error of what is not asked for any more.
    if (!video.error) return;
    at = video.currentTime || at;
    if (sources.fallBack()) return;
    card.querySelector("[data-text]").textContent = card.dataset[MEDIA_ERRORS[video.error.code] ?? "network"];
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
