// Runs before the first paint: a reader who chose nothing gets the theme of their machine.
// A choice is made by the server, from a cookie, and needs no script.
export {};

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  if (root.dataset.theme === "system") root.classList.toggle("pf-v6-theme-dark", dark.matches);
}

apply();
dark.addEventListener("change", apply);
