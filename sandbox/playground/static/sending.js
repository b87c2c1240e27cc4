// One way to do something: a form post that answers {ok, say}.

export async function send(deed, fields = {}, form = null) {
  const body = form ? new FormData(form) : new FormData();
  body.set("as", document.body.dataset.viewer);
  if (!body.has("channel")) body.set("channel", document.body.dataset.channel);
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) {
      body.delete(name);
      for (const one of value) body.append(name, one);
    } else if (value !== undefined && value !== null) {
      body.set(name, value);
    }
  }
  try {
    const response = await fetch(`do/${deed}`, { method: "POST", body });
    return await response.json();
  } catch {
    return { ok: false, say: "The sandbox does not answer. Is it still running?" };
  }
}

export function notice(text) {
  if (!text) return;
  const line = document.createElement("p");
  line.textContent = text;
  const place = document.querySelector("#notices");
  place.append(line);
  while (place.children.length > 3) place.firstChild.remove();
  setTimeout(() => line.remove(), 6000);
}
