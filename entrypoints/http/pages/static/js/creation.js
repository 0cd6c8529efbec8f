// A video is made of an upload once, whatever becomes of the answer.
import { untilWorthTrying } from "./patience.js";
import { BROKEN, kindOf } from "./upload-api.js";

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("");
}

/** Ask with one key until there is an answer, and return it; `broke()` is told of none. */
export async function createOnce(api, { id, bytes }, details, broke) {
  const key = newKey();
  for (let attempt = 0; ; attempt += 1) {
    try {
      let answer = await api.create(id, details, key);
      if (answer.document?.code === "upload_not_finished") {
        // The hub was stopped between the last byte and its word that this was the last.
        await api.end(id, bytes);
        answer = await api.create(id, details, key);
      }
      if (kindOf(answer.status, answer.document) !== BROKEN) return answer;
    } catch {
      // There was no answer, so it is asked for again.
    }
    broke();
    await untilWorthTrying(attempt);
  }
}
