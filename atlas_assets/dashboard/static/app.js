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
  box.querySelector("input[type=search]").select();
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-search]")) { event.preventDefault(); search(); }
});
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); search(); }
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.code === "KeyJ" || event.code === "KeyK") {
    event.preventDefault();
    const links = [...document.querySelectorAll("main table a[href]")];
    const next = links.indexOf(document.activeElement) + (event.code === "KeyJ" ? 1 : -1);
    if (links[next]) links[next].focus();
  }
  const number = event.code.startsWith("Digit") ? "1234567890".indexOf(event.code[5]) : -1;
  const pages = document.querySelectorAll(".side li a");
  if (number >= 0 && pages[number]) { event.preventDefault(); pages[number].click(); }
});
