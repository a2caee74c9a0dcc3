// A Grafana behind the same gateway. Whether there is one only the browser can tell, for the gateway lets it through by
// the reader's own session; who has none sees no trace of it.
const PROBE_MS = 3000;
const KEEP_MS = 300_000;

interface Dashboard {
  uid?: string;
  uri?: string;
  title?: string;
  url: string;
}

/** The dashboards that Grafana's search names; null where there is no Grafana. */
export async function dashboards(): Promise<Dashboard[] | null> {
  const prefix = document.documentElement.dataset.grafana;
  if (!prefix) return null;
  try {
    const answer = await fetch(`${prefix.replace(/\/$/, "")}/api/search?type=dash-db&limit=5000`, {
      signal: AbortSignal.timeout(PROBE_MS),
      headers: { Accept: "application/json" },
      redirect: "error",
    });
    const found: unknown = answer.ok ? await answer.json() : null;
    return Array.isArray(found) ? found.filter((one) => typeof one?.url === "string") : null;
  } catch {
    return null;
  }
}

/** The dashboard that a setting names: by its uri of old, its uid, the slug in its address, or its title. */
export function named(name: string, among: Dashboard[]): Dashboard | undefined {
  const slug = name.replace(/^db\//, "");
  return among.find(
    (one) =>
      one.uri === name ||
      one.uid === name ||
      one.title === name ||
      new URL(one.url, location.href).pathname.split("/").pop() === slug,
  );
}

export function tell(isThere: boolean): void {
  document.documentElement.toggleAttribute("data-grafana-found", isThere);
  try {
    sessionStorage.setItem("grafana", JSON.stringify([isThere, Date.now()]));
  } catch {
    // no storage in this frame: asked again on the next page
  }
}

function known(): boolean | null {
  try {
    const [isThere, at] = JSON.parse(sessionStorage.getItem("grafana") ?? "null") ?? [null, 0];
    return Date.now() - at < KEEP_MS ? isThere : null;
  } catch {
    return null;
  }
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  if (
    page.getElementById("tabs") &&
    document.documentElement.dataset.grafana &&
    !page.getElementById("grafana")
  ) {
    const before = known();
    if (before !== null) document.documentElement.toggleAttribute("data-grafana-found", before);
    else void dashboards().then((found) => tell(found !== null));
  }
}
