// The form beside a text. The server writes what changes in it into the text; what is typed meanwhile, here or there, stays.
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Connects the page; nothing happens on import. */
export function connect(page: Document): void {
  const found = page.querySelector<HTMLTextAreaElement>("textarea#yaml-source");
  if (!found) return;
  const area = found;
  let sent = "";
  let asked = new Map<string, string>();
  let typed = new Map<string, string>();
  let was = "";

  /** Which document of the text the form is about. */
  function about(): string {
    return form()?.querySelector<HTMLInputElement>('[name="document-was"]')?.value ?? "";
  }

  function form(): HTMLElement | null {
    return page.getElementById("service-form");
  }

  function controls(): Control[] {
    return [...(form()?.querySelectorAll<Control>('[name^="form:"], [name^="claim-"]') ?? [])];
  }

  function values(): Map<string, string> {
    return new Map(controls().map((control) => [control.name, control.value]));
  }

  function isOurs(event: Event): boolean {
    const from = (event as CustomEvent<{ ctx?: { sourceElement?: Element } } | null>).detail?.ctx
      ?.sourceElement;
    return from?.id === "concerns";
  }

  function ask(): void {
    form()?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Credentials were added: the service runs as the account that has them.
  page.addEventListener("htmx:after:swap", () => {
    const added = page.querySelector<HTMLElement>("#change[data-account]:not([data-taken])");
    if (!added) return;
    added.dataset.taken = "";
    const account = controls().find((control) => control.name === "form:account");
    if (account && !account.disabled) account.value = added.dataset.account ?? "";
    ask();
  });

  page.addEventListener("htmx:before:request", (event) => {
    if (!isOurs(event)) return;
    sent = area.value;
    asked = values();
  });

  page.addEventListener("htmx:before:swap", (event) => {
    if (!isOurs(event)) return;
    typed = new Map([...values()].filter(([name, value]) => asked.get(name) !== value));
    was = about();
    if (area.value === sent) return;
    event.preventDefault(); // an answer to a text that is no longer there
    ask();
  });

  page.addEventListener("htmx:after:swap", (event) => {
    if (!isOurs(event)) return;
    const isWaiting = page.querySelector("#form-waits > *") !== null;
    // What is entered meanwhile is sent along, and written once the text can be read; a form that comes anew is open again.
    for (const part of form()?.querySelectorAll<HTMLElement>(".mw-fieldset") ?? []) part.inert = isWaiting;
    const edited = isWaiting ? undefined : form()?.dataset.edited;
    if (edited !== undefined && area.value === sent) {
      area.value = JSON.parse(edited) as string;
      sent = area.value;
      area.dispatchEvent(new Event("mw:text"));
    }
    if (about() !== was) typed = new Map(); // of another document
    const late = controls().filter(
      (control) => typed.has(control.name) && typed.get(control.name) !== control.value,
    );
    for (const control of late) control.value = typed.get(control.name) ?? "";
    typed = new Map();
    if (late.some((control) => control !== page.activeElement)) ask();
  });
}
