// Follows a video's processing until it is over.

export const WATCHABLE = new Set(["playable", "processing", "ready"]);
export const SETTLED = new Set(["ready", "failed"]);

// A file that needs no coding is playable a moment after its last byte.
const EAGER_FOR = 3000;
const EAGER = 100;

/**
 * Ask for the video, every `patient` milliseconds in the end, and tell `onState(video)`;
 * stop when it is settled, gone, or when `onState` answers false. A failed request is
 * asked again, slower.
 */
export function follow(videoId, onState, patient = 500) {
  const began = performance.now();
  let failures = 0;
  async function ask() {
    let wait = performance.now() - began < EAGER_FOR ? EAGER : patient;
    try {
      const response = await fetch(`/api/v1/videos/${encodeURIComponent(videoId)}`, {
        headers: { Accept: "application/json" },
        cache: "no-store",
      });
      if ([401, 403, 404].includes(response.status)) return;
      if (!response.ok) throw new Error(String(response.status));
      failures = 0;
      const video = await response.json();
      // It can be watched; what is still made of it takes minutes.
      if (video.processing.state === "processing") wait = Math.max(patient, 1000);
      const goOn = onState(video);
      if (goOn === false || SETTLED.has(video.processing.state)) return;
    } catch {
      failures += 1;
      wait = Math.min(patient * 2 ** failures, 10_000);
    }
    setTimeout(ask, document.hidden ? Math.max(wait, 3000) : wait);
  }
  setTimeout(ask, EAGER);
}
