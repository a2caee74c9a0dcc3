// A session that ended at the proxy in front of the app: it answers 401 or sends to a sign-in page. The page stays with
// what was typed, says so, and goes on by itself after signing in again in another tab.
const root = document.documentElement;
const ASK_MS = 3000;
const ASKED = "namespaces"; // answered with 200 to everybody who is signed in
let asking: ReturnType<typeof setInterval> | undefined;

/** Whether an answer is not the app's, but the proxy's that asks to sign in. */
export function isSignIn(answer: Response): boolean {
  return answer.type === "opaqueredirect" || answer.status === 401;
}

/** Asks whether the session is over; a network that is away is not an answer. */
export async function checkSession(): Promise<boolean> {
  try {
    const answer = await fetch(`${root.dataset.base ?? "/"}${ASKED}`, {
      method: "HEAD",
      redirect: "manual",
      cache: "no-store",
    });
    show(isSignIn(answer));
  } catch {
    // offline: the stream's own state says so
  }
  return root.dataset.session === "over";
}

function show(over: boolean): void {
  const banner = document.getElementById("session");
  if (banner) banner.hidden = !over;
  if (over) {
    root.dataset.session = "over";
    asking ??= setInterval(() => void checkSession(), ASK_MS);
  } else {
    delete root.dataset.session;
    clearInterval(asking);
    asking = undefined;
  }
}

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  // Without the cookie no write can be proved to be ours; over plain http the browser drops one that is marked secure.
  const insecure = page.getElementById("insecure");

  if (insecure && location.protocol === "http:" && !document.cookie.includes("XSRF-TOKEN="))
    insecure.hidden = false;

  // A form is sent only within a session: the sign-in page would take its place, and what was typed be lost.
  page.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.method !== "post" || form.dataset.checked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void (async () => {
        if (await checkSession()) return page.getElementById("session")?.scrollIntoView({ block: "nearest" });
        form.dataset.checked = "true";
        form.requestSubmit(event.submitter);
        delete form.dataset.checked;
      })();
    },
    { capture: true },
  );

  // A part of a page that is asked for meanwhile: what comes is the sign-in page, and must not be swapped in.
  page.addEventListener("htmx:before:swap", (event) => {
    const raw = (event as CustomEvent<{ ctx?: { response?: { raw?: Response } } }>).detail.ctx?.response?.raw;
    if (!raw || !(raw.redirected || raw.status === 401)) return;
    event.preventDefault();
    void checkSession();
  });
}
