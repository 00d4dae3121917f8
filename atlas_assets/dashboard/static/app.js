// Comforts on top of pages that work without them: choices that take effect at once, search, keys.
"use strict";
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (form) form.requestSubmit();
});
const dialog = () => document.querySelector("dialog");
function search() {
  const box = dialog();
  if (!box || box.open) return;
  box.showModal();
  box.querySelector("input").select();
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-search]")) { event.preventDefault(); search(); }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); search(); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); search(); }
  if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll("main table a[href]")];
    const next = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    if (links[next]) links[next].focus();
  }
  const number = "1234567890".indexOf(event.key);
  const pages = document.querySelectorAll(".side li a");
  if (number >= 0 && pages[number]) pages[number].click();
});
