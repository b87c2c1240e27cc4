// The composers with their command hints, and the forms of windows and drawers.

import { close } from "./pressing.js";
import { refresh } from "./news.js";
import { notice, send } from "./sending.js";

const hints = () => document.querySelector("#hints");
const shownHints = () => [...hints().querySelectorAll("li")].filter((one) => !one.hidden);

function showHints(field) {
  const text = field.value;
  const list = hints();
  const words = text.startsWith("/") && !text.includes("\n");
  for (const one of list.querySelectorAll("li")) {
    const line = one.dataset.line;
    one.hidden = !(words && (line.startsWith(text) || text === "/"));
    one.classList.remove("at");
    one.setAttribute("aria-selected", "false");
  }
  list.hidden = shownHints().length === 0;
  field.setAttribute("aria-expanded", String(!list.hidden));
  field.removeAttribute("aria-activedescendant");
}

function moveHint(field, step) {
  const shown = shownHints();
  const now = shown.findIndex((one) => one.classList.contains("at"));
  const next = shown[(now + step + shown.length) % shown.length];
  for (const one of shown) {
    one.classList.toggle("at", one === next);
    one.setAttribute("aria-selected", String(one === next));
  }
  field.setAttribute("aria-activedescendant", next.id);
}

function takeHint(field, hint) {
  field.value = hint.dataset.line.replace(/ \[.*$/, "");
  hints().hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.focus();
}

function onKey(event) {
  const field = event.target;
  if (!field.matches("[data-composer] textarea") || event.isComposing) return;
  const open = field.dataset.hints && !hints().hidden;
  const chosen = open ? hints().querySelector(".at") : null;
  if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    moveHint(field, event.key === "ArrowDown" ? 1 : -1);
  } else if (open && event.key === "Escape") {
    hints().hidden = true;
    field.setAttribute("aria-expanded", "false");
  } else if (open && (event.key === "Tab" || event.key === "Enter") && chosen) {
    event.preventDefault();
    takeHint(field, chosen);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    field.form.requestSubmit();
  }
}

async function sendMessage(form) {
  const field = form.querySelector("textarea");
  const text = field.value;
  if (!text.trim() || form.dataset.state === "pending") return;
  form.dataset.state = "pending";
  if (form.querySelector("#hints")) hints().hidden = true;
  const thread = form.dataset.inThread || "";
  const broadcast = form.querySelector('[name="broadcast"]:checked') ? "yes" : "";
  field.value = "";
  const answer = await send("say", { text, thread, broadcast });
  delete form.dataset.state;
  if (!answer.ok) field.value = field.value || text;
  notice(answer.say);
  await refresh();
}

async function submitModal(form) {
  const button = form.querySelector("[data-submit]");
  if (!button || button.dataset.state === "pending") return;
  button.dataset.state = "pending";
  button.setAttribute("aria-busy", "true");
  const answer = await send("submit", { view: form.dataset.view }, form);
  delete button.dataset.state;
  button.removeAttribute("aria-busy");
  notice(answer.say);
  await refresh();
}

export function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", (event) => {
    if (event.target.dataset.hints) showHints(event.target);
  });
  document.addEventListener("mousedown", (event) => {
    const hint = event.target.closest("#hints li");
    if (!hint) return;
    event.preventDefault();
    takeHint(document.querySelector("#say"), hint);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.closest("#ask")) return;
    event.preventDefault();
    if (form.matches("[data-composer]")) await sendMessage(form);
    else if (form.matches("[data-modal-form]")) await submitModal(form);
    else if (form.dataset.form) {
      const answer = await send(form.dataset.form, {}, form);
      notice(answer.say);
      await refresh();
    }
  });
  document.addEventListener(
    "cancel",
    (event) => {
      if (event.target.id !== "modal") return;
      event.preventDefault();
      close(event.target.querySelector("[data-close]"), "");
    },
    true,
  );
}
