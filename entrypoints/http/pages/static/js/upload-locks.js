// One tab at a time is busy with an upload. Browsers lock over secure connections only;
// where they do not, the newest request takes over at the hub.

const { locks } = navigator;
const name = (id) => `upload:${id}`;
const untilThePageCloses = () => new Promise(() => {});

/** Resolve when the upload is this tab's. */
export function hold(id) {
  if (!locks) return Promise.resolve();
  return new Promise((resolve) => {
    locks.request(name(id), () => {
      resolve();
      return untilThePageCloses();
    });
  });
}

/** Take the upload for this tab; resolve to false if another has it. */
export function holdIfFree(id) {
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    locks.request(name(id), { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock && untilThePageCloses();
    });
  });
}
