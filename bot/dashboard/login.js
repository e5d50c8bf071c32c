// @ts-check
"use strict";
const form = /** @type {HTMLFormElement} */ (document.getElementById("login"));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = /** @type {HTMLElement} */ (document.getElementById("problem"));
  const data = Object.fromEntries(new FormData(form));
  try {
    const response = await fetch("/desk/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(data) });
    if (response.ok) location.reload();
    else problem.textContent = (await response.json()).error;
  } catch { problem.textContent = "The server does not answer."; }
});
