// The page is complete without script: it is painted first, then the scripts are run.
import "@patternfly/patternfly/patternfly-base.css";
import "../css/main.css";
import { canonicalise } from "./address";

canonicalise();

function start(): void {
  void import("./app");
}

if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
