// Time codes in texts seek in the page's video.

export function seekByTimeCodes({ video, seekBar, playing }) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.time-code");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    seekBar.seekTo(Number(link.dataset.seconds));
    playing.play();
    video.scrollIntoView({ block: "nearest" });
    history.replaceState(null, "", link.href);
  });
}
