// Follows a video's processing until it is over.

export const WATCHABLE = new Set(["playable", "processing", "ready"]);
export const SETTLED = new Set(["ready", "failed"]);

/**
 * Ask for the video every `every` milliseconds and tell `onState(video)`; stop when it is
 * settled, gone, or when `onState` answers false. A failed request is asked again, slower.
 */
export function follow(videoId, onState, every = 500) {
  let failures = 0;
  async function ask() {
    let wait = every;
    try {
      const response = await fetch(`/api/v1/videos/${encodeURIComponent(videoId)}`, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if ([401, 403, 404].includes(response.status)) return;
      if (!response.ok) throw new Error(String(response.status));
      failures = 0;
      const video = await response.json();
      const goOn = onState(video);
      if (goOn === false || SETTLED.has(video.processing.state)) return;
    } catch {
      failures += 1;
      wait = Math.min(every * 2 ** failures, 10_000);
    }
    setTimeout(ask, document.hidden ? Math.max(wait, 3000) : wait);
  }
  setTimeout(ask, every);
}
