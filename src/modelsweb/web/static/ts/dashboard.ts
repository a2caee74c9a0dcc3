// In the frame of Kubeflow's central dashboard the namespace comes from there, by messages of its protocol: we say that
// we are here, it says which namespace is selected, then and whenever its user selects another. Lists follow. A page of
// one object keeps what its address says, and leaves for a list only when the user selects anew.
const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

interface Message {
  type?: unknown;
  value?: unknown;
}

/** Back and Forward show what was there; the dashboard's own selection is of another time. */
function isReturn(): boolean {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return entry?.type === "back_forward";
}

/** Connects the page; nothing happens on import. */
export function connect(): void {
  const root = document.documentElement;
  const base = root.dataset.base ?? "/";
  let isFirst = true;

  /** The list that a message asks for; empty where it asks for none. */
  function wanted(message: Message): string {
    if (message.type === "all-namespaces" && Array.isArray(message.value)) return `${base}services`;
    if (
      message.type === "namespace-selected" &&
      typeof message.value === "string" &&
      NAME.test(message.value)
    )
      return `${base}n/${message.value}/services`;
    return "";
  }

  function take(message: Message): void {
    const target = wanted(message);
    if (!target) return;
    const wasFirst = isFirst;
    isFirst = false;
    if (location.pathname === target) return;
    const isObject = /^n\/[^/]+\/(?!services$)/.test(location.pathname.slice(base.length));
    if (wasFirst && (isObject || isReturn())) return;
    if (wasFirst) location.replace(target);
    else location.assign(target);
  }

  if (window.parent !== window) {
    addEventListener("message", (event) => {
      if (event.origin !== location.origin || event.source !== window.parent) return;
      if (typeof event.data === "object" && event.data !== null) take(event.data as Message);
    });
    window.parent.postMessage({ type: "iframe-connected" }, location.origin);
  }
}
