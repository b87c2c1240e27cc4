// Small windows of the page's own: edit a message, confirm something. Resolves to the answer.

const dialog = () => document.querySelector("#ask");

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function open(title, body, yes, no, danger) {
  const ask = dialog();
  const heading = element("h2", { id: "ask-title", textContent: title });
  const cancel = element("button", { type: "button", className: "button", textContent: no });
  const confirm = element("button", {
    type: "submit",
    className: danger ? "button danger" : "button primary",
    textContent: yes,
  });
  const inside = element("div", { className: "modal-body" }, ...body);
  const form = element(
    "form",
    {},
    element("header", {}, heading),
    inside,
    element("footer", {}, cancel, confirm),
  );
  ask.replaceChildren(form);
  ask.setAttribute("aria-labelledby", "ask-title");
  const before = document.activeElement;
  return new Promise((resolve) => {
    let answer = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer = true;
      ask.close();
    });
    cancel.addEventListener("click", () => ask.close());
    ask.addEventListener(
      "close",
      () => {
        if (before && before.isConnected) before.focus();
        resolve(answer);
      },
      { once: true },
    );
    ask.showModal();
    (inside.querySelector("textarea") || confirm).focus();
  });
}

export async function askForText(title, text) {
  const label = element("label", { htmlFor: "ask-text", className: "visually-hidden" }, title);
  const field = element("textarea", { id: "ask-text", className: "field", value: text });
  const yes = await open(title, [label, field], "Save Changes", "Cancel", false);
  return yes ? field.value : null;
}

export function askToConfirm(title, text, yes, no, danger) {
  return open(title, [element("p", { textContent: text })], yes, no, danger);
}
