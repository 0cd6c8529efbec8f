// Waiting for a connection to come back.

const LONGEST = 30_000;

/** Resolve when trying again makes sense: after a while, at once when the network returns. */
export function untilWorthTrying(attempt, { signal } = {}) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const isOffline = navigator.onLine === false;
    const timer = isOffline ? 0 : setTimeout(done, Math.min(1000 * 2 ** attempt, LONGEST));
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}
