// Says in the page whether its stream is open: `data-stream` on the root is live, reconnecting or paused.
export {};

const root = document.documentElement;

function set(state: string): void {
  root.dataset.stream = state;
}

document.addEventListener("htmx:sse:after:connection", () => set("live"));
document.addEventListener("htmx:sse:error", () => set("reconnecting"));
document.addEventListener("htmx:sse:before:connection", () => {
  if (root.dataset.stream === "live") set("reconnecting");
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden && root.dataset.stream) set("paused");
});
