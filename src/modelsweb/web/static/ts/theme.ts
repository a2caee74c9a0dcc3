// Runs before the first paint: a reader who chose nothing gets the theme of their machine.
// A choice is made by the server, from a cookie, and needs no script. In a frame the masthead makes room.
export {};

const root = document.documentElement;
const isFramed = window.parent !== window;
root.toggleAttribute("data-framed", isFramed);
const dark = matchMedia("(prefers-color-scheme: dark)");

function apply(): void {
  if (root.dataset.theme !== "system") return;
  root.classList.toggle("pf-v6-theme-dark", dark.matches && !isFramed); // Kubeflow's dashboard is light
}

apply();
dark.addEventListener("change", apply);
