// Buttons, choices, reactions, edits: everything that is pressed.

import { go, refresh } from "./news.js";
import { notice, send } from "./sending.js";
import { askForText, askToConfirm } from "./windows.js";

export function surfaceOf(element) {
  const surface = element.closest("[data-surface]");
  const { surface: kind, ts, channel, view } = surface.dataset;
  return { surface: kind, ts, channel, view };
}

async function confirmed(element) {
  if (!element.dataset.confirm) return true;
  const { title, text, confirm, deny, style } = JSON.parse(element.dataset.confirm);
  return askToConfirm(title.text, text.text, confirm.text, deny.text, style === "danger");
}

async function pressed(button, deed, fields) {
  if (button.dataset.state === "pending") return null;
  button.dataset.state = "pending";
  button.setAttribute("aria-busy", "true");
  const answer = await send(deed, fields);
  button.removeAttribute("aria-busy");
  button.dataset.state = answer.ok ? "done" : "failed";
  setTimeout(() => delete button.dataset.state, answer.ok ? 900 : 4000);
  notice(answer.say);
  await refresh();
  return answer;
}

const HANDLERS = [
  ["[data-act]", act],
  ["[data-react]", react],
  ["[data-edit]", edit],
  ["[data-delete]", remove],
  ["[data-dismiss]", dismiss],
  ["button[data-deed]", deed],
  ["[data-close]", (button) => close(button, "")],
  ["[data-close-all]", (button) => close(button, "yes")],
  ["a[data-go]", follow],
];

async function act(button, event) {
  if (button.nodeName !== "A") event.preventDefault();
  if (!(await confirmed(button))) return;
  const { block, action, value } = button.dataset;
  await pressed(button, "act", { ...surfaceOf(button), block, action, value });
  const menu = button.closest("details.overflow");
  if (menu) menu.open = false;
}

function react(button) {
  const { ts, channel } = surfaceOf(button);
  return pressed(button, "react", { ts, channel, name: button.dataset.react });
}

async function edit(button) {
  const { ts, channel } = surfaceOf(button);
  const text = await askForText("Edit message", button.dataset.edit);
  if (text !== null) await pressed(button, "edit", { ts, channel, text });
}

async function remove(button) {
  const { ts, channel } = surfaceOf(button);
  const sure = "It disappears for everyone. This cannot be undone.";
  if (await askToConfirm("Delete message?", sure, "Delete", "Cancel", true)) {
    await pressed(button, "delete", { ts, channel });
  }
}

function dismiss(button) {
  const { ts, channel } = surfaceOf(button);
  return pressed(button, "dismiss", { ts, channel });
}

function deed(button) {
  const { deed: name, to, which } = button.dataset;
  return pressed(button, name, { to, which });
}

export async function close(button, everything) {
  const { view } = button.closest("[data-view]").dataset;
  const answer = await send("close", { view, everything });
  notice(answer.say);
  await refresh();
}

async function follow(link, event) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const opens = new URL(link.href).searchParams.get("thread");
  await go(link.href);
  const reply = opens && document.querySelector("#reply");
  if (reply && !link.closest(".sidebar, .top")) reply.focus();
}

async function choose(field) {
  if (!(await confirmed(field))) return;
  const { block, action } = field.dataset;
  const holder = field.closest(".picks") || field.parentElement;
  const same = [...holder.querySelectorAll(`[name="${CSS.escape(field.name)}"]`)];
  const ticked = same.filter((one) => !["checkbox", "radio"].includes(one.type) || one.checked);
  const fields = { ...surfaceOf(field), block, action, [field.name]: ticked.map((one) => one.value) };
  const answer = await send("choose", fields);
  notice(answer.say);
  await refresh();
}

export function start() {
  document.addEventListener("click", (event) => {
    for (const [selector, handler] of HANDLERS) {
      const found = event.target.closest(selector);
      if (found) {
        handler(found, event);
        return;
      }
    }
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-choose]")) choose(field);
    if (field.matches("[data-speak]")) go(field.value);
    if (field.matches('input[data-deed="teammates"]')) {
      send("teammates", { on: field.checked ? "yes" : "" }).then((answer) => notice(answer.say));
    }
  });
}
