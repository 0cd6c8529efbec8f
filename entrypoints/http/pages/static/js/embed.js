// The player alone, in a frame of another site's page.
import { enhancePlayer } from "./player/player.js";

const box = document.querySelector("[data-player]");
const shown = JSON.parse(document.getElementById("video").textContent);
enhancePlayer(box, shown, Number(box.dataset.start ?? 0));
