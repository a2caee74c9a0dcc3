import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import "./copy";
import "./dashboard";
import "./grafana";
import "./keyboard";
import "./namespace";
import "./narrow";
import "./rows";
import "./select";
import "./session";
import "./sparkline";
import "./stream";
import "./view";
import "./yaml";

if (document.getElementById("log")) void import("./logs");
if (document.getElementById("charts")?.dataset.charts) void import("./metrics");
if (document.getElementById("grafana")) void import("./panels").then((panels) => panels.showPanels());

document.documentElement.dataset.ready = ""; // keys and forms are ours from here on
