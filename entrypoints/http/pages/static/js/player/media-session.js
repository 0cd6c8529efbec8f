// What the system shows of the video, and the keys that it forwards.

const POSITION_EVENTS = ["loadedmetadata", "ratechange", "seeked", "play", "pause"];

export function joinMediaSession({ video, shown, seekBar, playing }) {
  const session = navigator.mediaSession;
  if (!session) return;
  const artwork = shown.poster ? [{ src: shown.poster, type: "image/jpeg" }] : [];
  session.metadata = new MediaMetadata({ title: shown.title, artist: shown.channel, artwork });
  const by = (step) => (details) => seekBar.seekTo(video.currentTime + step * (details.seekOffset ?? 10));
  const handlers = {
    play: () => playing.play(),
    pause: () => video.pause(),
    seekbackward: by(-1),
    seekforward: by(1),
    seekto: ({ seekTime }) => seekBar.seekTo(seekTime),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // Not every browser knows every action.
    }
  }
  const tell = () => {
    const { duration, currentTime, playbackRate } = video;
    if (!Number.isFinite(duration) || !playbackRate) return;
    session.setPositionState?.({ duration, playbackRate, position: Math.min(currentTime, duration) });
  };
  for (const name of POSITION_EVENTS) video.addEventListener(name, tell);
}
