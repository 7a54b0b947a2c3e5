"use strict";
// The page works without this: forms are sent and pages load. With it a decision swaps the page's content, keys press its buttons.
(() => {
  const main = () => document.getElementById("main");
  const said = document.getElementById("said");
  const marked = new Set();
  let asking = false;

  const remember = (box) => (box.checked ? marked.add(box.value) : marked.delete(box.value));
  const boxes = () => [...document.querySelectorAll("#bulk input[name=ticket]")];

  function show(text, address) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("main");
    if (!fresh) {  // the server turned this browser away: its words are all there is
      document.location.reload();
      return;
    }
    const wide = main().querySelector(".wider");
    const open = wide && wide.open;
    main().replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    said.textContent = page.getElementById("said").textContent;
    history.replaceState(null, "", address);
    const there = new Set(boxes().map((box) => box.value));
    if (there.size) [...marked].filter((id) => !there.has(id)).forEach((id) => marked.delete(id));
    boxes().forEach((box) => { box.checked = marked.has(box.value); });
    if (open && main().querySelector(".wider")) main().querySelector(".wider").open = true;
    const current = main().querySelector(".rows .current");
    const first = main().querySelector(".notice h2, .notice h1") || document.getElementById("ticket") || main();
    if (!first.hasAttribute("tabindex")) first.tabIndex = -1;
    first.focus({ preventScroll: false });
    if (current && matchMedia("(min-width: 52.01rem)").matches) current.scrollIntoView({ block: "nearest" });
  }

  async function ask(address, options) {
    if (asking) return;
    asking = true;
    document.body.classList.add("asking");
    try {
      const answer = await fetch(address, { credentials: "same-origin", ...options });
      const text = await answer.text();
      const stays = options && !answer.redirected;
      show(text, stays ? document.location.href : answer.url);
    } catch {
      said.textContent = "The server does not answer. Is `alignment serve` still running?";
    } finally {
      asking = false;
      document.body.classList.remove("asking");
    }
  }

  async function foretell(form, body) {
    const place = form.querySelector("#foretold");
    if (asking || !place) return;
    place.textContent = "Scoring the report without this decision and with it …";
    try {
      const answer = await fetch("/foretell", { method: "POST", body, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const told = page.querySelector("#foretold, .notice");
      if (told) told.removeAttribute("id");
      if (place.isConnected) place.replaceChildren(told ? document.adoptNode(told) : "There is no answer.");
    } catch {
      place.textContent = "The server does not answer.";
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post" || !main().contains(form)) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, button));
    if (button && button.hasAttribute("data-foretell")) foretell(form, body);
    else ask((button && button.getAttribute("formaction")) || form.getAttribute("action"), { method: "POST", body });
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    ask(link.href);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("#bulk input[name=ticket]")) remember(event.target);
    if (event.target.id === "use-keys") localStorage.setItem("keys", event.target.checked ? "on" : "off");
  });

  const help = document.getElementById("help");
  const keys = document.getElementById("use-keys");
  document.querySelector(".with-script").hidden = false;
  keys.checked = localStorage.getItem("keys") !== "off";

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const on = event.target;
    if (event.key === "Escape" && on.matches("input, select")) {
      document.getElementById("ticket")?.focus();
      return;
    }
    if (event.key === "Enter" && on.matches("select[data-enter]")) {
      event.preventDefault();
      document.getElementById(on.dataset.enter).click();
      return;
    }
    const typing = on.matches("textarea, select, input:not([type=checkbox])");
    if (typing || !keys.checked || event.repeat) return;
    if (event.key === "?") {
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
      event.preventDefault();
      return;
    }
    const found = main().querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found || asking) return;  // what is not seen yet is not decided
    event.preventDefault();
    if (found.matches("select, input[type=search]")) found.focus();
    else found.click();
  });
})();
