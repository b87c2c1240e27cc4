// Long menus are searched by typing, as in Slack: an input with a list below it.

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));
const optionsOf = (field) => [...listOf(field).querySelectorAll('[role="option"]')];

function show(field, words) {
  const list = listOf(field);
  const wanted = words.trim().toLowerCase();
  for (const one of optionsOf(field)) {
    one.hidden = !one.textContent.toLowerCase().includes(wanted);
    one.classList.remove("at");
  }
  for (const group of list.querySelectorAll(".group")) {
    let next = group.nextElementSibling;
    while (next && next.hidden && !next.matches(".group")) next = next.nextElementSibling;
    group.hidden = !next || next.matches(".group");
  }
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
}

function hide(field) {
  listOf(field).hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function take(field, option) {
  field.value = option.textContent;
  for (const one of optionsOf(field)) one.setAttribute("aria-selected", String(one === option));
  hide(field);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(field, step) {
  const shown = optionsOf(field).filter((one) => !one.hidden);
  if (!shown.length) return;
  const now = shown.findIndex((one) => one.classList.contains("at"));
  const next = shown[now < 0 ? (step > 0 ? 0 : shown.length - 1) : (now + step + shown.length) % shown.length];
  for (const one of shown) one.classList.toggle("at", one === next);
  next.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", next.id);
}

export function start() {
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-combo]")) event.target.select();
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-combo]")) show(event.target, event.target.value);
  });
  document.addEventListener("click", (event) => {
    if (event.target.matches("[data-combo]")) show(event.target, "");
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-combo]")) hide(event.target);
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest('.options [role="option"]');
    if (!option) return;
    event.preventDefault();
    take(option.closest(".combo").querySelector("[data-combo]"), option);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches || !field.matches("[data-combo]")) return;
    const open = !listOf(field).hidden;
    const at = listOf(field).querySelector(".at");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) show(field, "");
      move(field, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      const only = optionsOf(field).filter((one) => !one.hidden);
      if (at || only.length === 1) take(field, at || only[0]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      hide(field);
    }
  });
}
