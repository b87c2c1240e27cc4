// What a patch must not lose: where focus was, where a log was scrolled to, which window is open.

import { arrive } from "./arriving.js";

const NEAR = 60;
let lastFocus = "";
let beforeModal = "";
let place = "";

document.addEventListener("focusin", (event) => {
  const name = event.target.dataset ? event.target.dataset.focus : "";
  if (!event.target.closest("dialog")) lastFocus = name || lastFocus;
});

export function byFocus(name) {
  if (!name) return null;
  const named = document.querySelectorAll(`[data-focus="${CSS.escape(name)}"]`);
  return [...named].find((one) => one.checkVisibility()) || null;
}

export function beforePatch() {
  const active = document.activeElement;
  const logs = new Map();
  for (const log of document.querySelectorAll("[data-log]")) {
    logs.set(log, log.scrollHeight - log.scrollTop - log.clientHeight < NEAR);
  }
  return { active, name: active && active.dataset ? active.dataset.focus : "", logs };
}

export function afterPatch({ active, name, logs }) {
  for (const log of document.querySelectorAll("[data-log]")) {
    if (logs.get(log) !== false) log.scrollTop = log.scrollHeight;
  }
  syncModal();
  const lost = document.activeElement === document.body;
  if (lost && active && active !== document.body && !active.isConnected) {
    const again = byFocus(name) || document.querySelector("dialog[open] [data-focus]");
    (again || document.querySelector("#say") || document.querySelector("main")).focus();
  }
  if (place !== document.body.dataset.place) {
    place = document.body.dataset.place;
    arrive(true);
  } else {
    arrive(false);
  }
}

export function syncModal() {
  const dialog = document.querySelector("#modal");
  const wanted = dialog.dataset.modal !== "";
  if (wanted && !dialog.open) {
    beforeModal = lastFocus;
    dialog.showModal();
    focusFirst(dialog);
  } else if (!wanted && dialog.open) {
    dialog.close();
    const back = byFocus(beforeModal) || document.querySelector("#say");
    if (back) back.focus();
  } else if (wanted && !dialog.contains(document.activeElement)) {
    focusFirst(dialog);
  }
}

function focusFirst(dialog) {
  const wrong = dialog.querySelector(".wrong .field, .wrong input");
  const field = dialog.querySelector(".modal-body .field, .modal-body input");
  (wrong || field || dialog.querySelector(".modal-body")).focus();
}

export function start() {
  place = document.body.dataset.place;
  for (const log of document.querySelectorAll("[data-log]")) log.scrollTop = log.scrollHeight;
  syncModal();
  arrive(true);
}
