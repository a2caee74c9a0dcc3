import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
import * as change from "./change";
import * as copy from "./copy";
import * as dashboard from "./dashboard";
import * as grafana from "./grafana";
import * as keyboard from "./keyboard";
import * as namespace from "./namespace";
import * as narrow from "./narrow";
import * as rows from "./rows";
import * as select from "./select";
import * as serviceForm from "./service_form";
import * as session from "./session";
import * as sparkline from "./sparkline";
import * as stream from "./stream";
import * as undo from "./undo";
import * as view from "./view";
import * as yaml from "./yaml";

for (const part of [
  change,
  copy,
  dashboard,
  grafana,
  keyboard,
  namespace,
  narrow,
  rows,
  select,
  serviceForm,
  session,
  sparkline,
  stream,
  undo,
  view,
  yaml,
])
  part.connect(document);

if (document.getElementById("log")) void import("./logs").then((logs) => logs.connect(document));
if (document.getElementById("charts")?.dataset.charts)
  void import("./metrics").then((metrics) => metrics.connect(document));
if (document.querySelector("textarea#yaml-source"))
  void import("./editor").then((editor) => editor.connect(document));
if (document.querySelector("#diff [data-before]"))
  void import("./comparison").then((comparison) => comparison.connect(document));
if (document.getElementById("grafana")) void import("./panels").then((panels) => panels.connect(document));

document.documentElement.dataset.ready = ""; // keys and forms are ours from here on
