// Keeps the page up to date; without this it is reloaded by hand.
"use strict";
const live = document.getElementById("live");
const source = new EventSource("events");
source.onmessage = (event) => {
  // Do not take a button away from under the fingers.
  const focused = document.activeElement && document.activeElement.id;
  live.innerHTML = JSON.parse(event.data);
  if (focused) {
    const again = document.getElementById(focused);
    if (again) again.focus();
  }
};
document.addEventListener("submit", (event) => {
  if (!confirm(event.target.dataset.question)) event.preventDefault();
});
