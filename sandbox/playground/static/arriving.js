// Coming to a conversation: it counts as read while somebody looks at it; Home is asked for.

import { send } from "./sending.js";

let busy = false;

export async function arrive(first) {
  if (document.hidden || busy) return;
  busy = true;
  try {
    if (document.body.dataset.home !== undefined) {
      if (first) await send("home");
      return;
    }
    await send("read", first ? { arriving: "yes" } : {});
  } finally {
    busy = false;
  }
}
