import * as clock from "./clock.js";
import * as combo from "./combo.js";
import * as keeping from "./keeping.js";
import { listen } from "./news.js";
import * as pressing from "./pressing.js";
import * as typing from "./typing.js";

combo.start();
pressing.start();
typing.start();
clock.start();
keeping.start();
listen();
document.documentElement.dataset.ready = "";
