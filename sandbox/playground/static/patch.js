// Makes an old tree look like a fresh one and touches nothing that is alike, so that focus, scroll
// positions and half-typed text survive. Elements are matched by data-key or id; what carries
// data-keep is left alone for as long as its value stays the same.

const OWN = new Set(["open", "data-state", "aria-busy"]);

const keyOf = (node) => (node.nodeType === 1 ? node.dataset.key || node.id || "" : "");

const alike = (old, fresh) =>
  old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

export function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== 1) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.dataset.keep !== undefined && old.dataset.keep === fresh.dataset.keep) return;
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
  if (old.nodeName === "SELECT" && document.activeElement !== old) {
    old.selectedIndex = [...old.options].findIndex((option) => option.hasAttribute("selected"));
  }
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!OWN.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.nodeName === "INPUT" && old !== document.activeElement) {
    if (old.type === "checkbox" || old.type === "radio") old.checked = fresh.hasAttribute("checked");
    else old.value = fresh.getAttribute("value") || "";
  }
}

function patchChildren(old, fresh) {
  const known = new Map();
  for (const child of old.childNodes) if (keyOf(child)) known.set(keyOf(child), child);
  const staying = new Set([...fresh.childNodes].map(keyOf).filter(Boolean));
  for (const [key, child] of known) if (!staying.has(key)) child.remove();
  let at = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = keyOf(wanted);
    let match = key ? known.get(key) : at && !keyOf(at) && alike(at, wanted) ? at : null;
    if (match && !alike(match, wanted)) match = null;
    if (!match) {
      old.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    patch(match, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}
