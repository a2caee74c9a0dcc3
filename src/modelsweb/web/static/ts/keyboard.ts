// Escape leaves a page that only asks a question.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  document.querySelector<HTMLAnchorElement>("a[data-escape]")?.click();
});
