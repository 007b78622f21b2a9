// Keeps the page up to date; without this it is reloaded by hand.
"use strict";
const live = document.getElementById("live");
const state = document.getElementById("state");
const source = new EventSource("events");
let told = performance.now();

function count() {
  const gone = Math.floor((performance.now() - told) / 1000);
  for (const span of live.querySelectorAll("[data-left]")) {
    const seconds = Math.max(0, span.dataset.left - gone);
    const minutes = Math.floor(seconds / 60);
    span.textContent = seconds < 120 ? `in ${seconds} s`
      : minutes < 120 ? `in ${minutes} min` : `in ${Math.floor(minutes / 60)} h`;
  }
}

source.onopen = () => { state.textContent = "Live"; };
source.onerror = () => { state.textContent = "Not connected; what you see may be old."; };
source.onmessage = (event) => {
  // The button that has the focus keeps it.
  const focused = document.activeElement && document.activeElement.id;
  live.innerHTML = JSON.parse(event.data);
  told = performance.now();
  if (focused) {
    const again = document.getElementById(focused);
    if (again) again.focus();
  }
};
setInterval(count, 1000);
document.addEventListener("submit", (event) => {
  if (!confirm(event.target.dataset.question)) event.preventDefault();
});
