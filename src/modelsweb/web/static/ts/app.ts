import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import "./copy";
import "./dashboard";
import "./keyboard";
import "./namespace";
import "./rows";
import "./select";
import "./session";
import "./stream";
import "./view";
import "./yaml";

if (document.getElementById("log")) void import("./logs");

document.documentElement.dataset.ready = ""; // keys and forms are ours from here on
