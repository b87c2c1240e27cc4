// The page is its own API: news means "fetch this address again and patch what differs".

import { afterPatch, beforePatch } from "./keeping.js";
import { patch } from "./patch.js";

let running = null;
let again = false;

export function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = look().finally(() => {
    running = null;
    if (again) {
      again = false;
      return refresh();
    }
    return undefined;
  });
  return running;
}

async function look() {
  const address = location.href;
  let response;
  try {
    response = await fetch(address, { headers: { Accept: "text/html" } });
  } catch {
    document.body.dataset.offline = "";
    return;
  }
  if (!response.ok || address !== location.href) {
    again = address !== location.href;
    return;
  }
  delete document.body.dataset.offline;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const kept = beforePatch();
  document.title = fresh.title;
  patch(document.body, fresh.body);
  afterPatch(kept);
}

export function listen() {
  const news = new EventSource("news");
  // Also at the hello: what changed between the making of the page and this line was told to nobody.
  news.onmessage = () => refresh();
  addEventListener("pagehide", () => news.close());
  addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
}

export async function go(address) {
  history.pushState(null, "", address);
  await refresh();
}

addEventListener("popstate", () => refresh());
