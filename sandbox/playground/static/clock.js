// The sandbox's clock runs on between two looks at the server.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (number) => String(number).padStart(2, "0");

let told = "";
let toldAt = 0;

function tick() {
  const face = document.querySelector("#now");
  if (!face) return;
  const stamp = face.getAttribute("datetime");
  if (stamp !== told) {
    told = stamp;
    toldAt = performance.now();
  }
  const offset = Number(face.dataset.offset) * 60_000;
  const now = new Date(Date.parse(told) + (performance.now() - toldAt) + offset);
  const day = `${DAYS[now.getUTCDay()]} ${now.getUTCDate()} ${MONTHS[now.getUTCMonth()]}`;
  const shown = `${day}, ${two(now.getUTCHours())}:${two(now.getUTCMinutes())}`;
  if (face.textContent !== shown) face.textContent = shown;
}

export function start() {
  tick();
  setInterval(tick, 1000);
}
