// The page's address in its canonical form. Kubeflow's dashboard, which may frame us, notices a new address only on
// `hashchange` and adds its own stale parameters: so this runs before `load`, and each change is announced.

/** Tells a parent frame that the address is another. */
export function announceAddress(): void {
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Writes the list's query as the server understood it. */
export function canonicalise(): void {
  const query = document.getElementById("list")?.dataset.query;
  if (query === undefined) return;
  const wanted = location.pathname + (query ? `?${query}` : "") + location.hash;
  if (wanted !== location.pathname + location.search + location.hash) {
    history.replaceState(history.state, "", wanted);
    announceAddress();
  }
}
