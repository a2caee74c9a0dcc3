// Grafana's panels on the metrics page: one frame each, made once and never again while the page stands.
import { dashboards, named, tell } from "./grafana";
import { times } from "./metrics_view";

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const section = page.getElementById("grafana") as HTMLElement;

  function theme(): string {
    return document.documentElement.classList.contains("pf-v6-theme-dark") ? "dark" : "light";
  }

  function address(url: string, panel: HTMLElement): string | null {
    const found = new URL(url, location.href);
    if (found.origin !== location.origin) return null; // an answer is not to be believed with other hosts
    found.pathname = found.pathname.replace("/d/", "/d-solo/");
    const { from, to } = times();
    const refresh = Number(section.dataset.refresh);
    for (const [key, value] of Object.entries({
      orgId: "1",
      panelId: panel.dataset.panel ?? "",
      theme: theme(),
      from: typeof from === "number" ? String(from * 1000) : from,
      to: typeof to === "number" ? String(to * 1000) : to,
      ...(refresh ? { refresh: `${refresh}s` } : {}),
    }))
      found.searchParams.set(key, value);
    const variables = JSON.parse(panel.dataset.variables ?? "{}") as Record<string, string>;
    for (const [key, value] of Object.entries(variables)) found.searchParams.set(`var-${key}`, value);
    return found.href;
  }

  function frame(panel: HTMLElement, title: string, src: string): void {
    let found = panel.querySelector("iframe");
    if (!found) {
      found = document.createElement("iframe");
      found.loading = "lazy";
      panel.replaceChildren(found);
    }
    found.title = (section.dataset.title ?? "")
      .replace("{dashboard}", title)
      .replace("{panel}", panel.dataset.panel ?? "");
    if (found.src !== src) found.src = src;
  }

  async function showPanels(): Promise<void> {
    const found = await dashboards();
    tell(found !== null);
    if (!found) return;
    const fill = () => {
      for (const panel of section.querySelectorAll<HTMLElement>(".mw-panel")) {
        const name = panel.dataset.dashboard ?? "";
        const dashboard = named(name, found);
        const src = dashboard && address(dashboard.url, panel);
        if (src) frame(panel, dashboard.title ?? name, src);
        else panel.textContent = (section.dataset.missing ?? "").replace("{name}", name);
      }
    };
    fill();
    let before = theme();
    new MutationObserver(() => {
      if (theme() === before) return;
      before = theme();
      fill();
    }).observe(document.documentElement, { attributeFilter: ["class"] });
    addEventListener("mw:range", fill);
  }

  void showPanels();
}
