/**
 * What every page does if there is a script: selects submit their form, help closes with Esc, "/"
 * goes to the search, and what htmx swaps in gets the focus and its title. Without a script all of
 * it works by links and forms.
 */
document.documentElement.classList.add("scripted");

/** Open parts that float: help, and the menu. */
const floating = () => document.querySelectorAll("details.help[open], details.menu[open]");

function closeAll(except = null) {
  for (const each of floating()) if (each !== except && !each.contains(except)) each.open = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const [open] = [...floating()].reverse();
    if (open) close(open);
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = document.querySelector("#search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  }
});

function close(open) {
  const held = open.contains(document.activeElement);
  open.open = false;
  if (held) open.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".help-close")) {
    close(event.target.closest("details"));
    return;
  }
  closeAll(event.target.closest("details.help, details.menu"));
});

/** Help that would leave the window opens to the other side. */
document.addEventListener(
  "toggle",
  (event) => {
    const body = event.target.open && event.target.querySelector?.(":scope > .help-body");
    if (!body) return;
    body.classList.remove("to-left");
    if (body.getBoundingClientRect().right > document.documentElement.clientWidth - 8) {
      body.classList.add("to-left");
    }
  },
  true,
);

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submits]")) event.target.form.requestSubmit();
});

/** A page that htmx brought: what is read starts at its title, as after a load. */
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.boosted && event.detail.target !== document.body) return;
  document.querySelector("main h1")?.focus({ preventScroll: true });
});

/** Styles and modules that only the new page has: htmx takes its body and title alone. */
function adoptHead(text) {
  const { head, documentElement: theirs } = new DOMParser().parseFromString(text, "text/html");
  const bare = (address) => address.replace(/\?.*/, "");
  const known = new Set(
    [...document.head.querySelectorAll("link[rel=stylesheet], script[src]")].map((each) =>
      bare(each.getAttribute("href") ?? each.getAttribute("src")),
    ),
  );
  for (const each of head.querySelectorAll("link[rel=stylesheet], script[type=module][src]")) {
    if (known.has(bare(each.getAttribute("href") ?? each.getAttribute("src")))) continue;
    const mine = document.createElement(each.localName);
    for (const { name, value } of each.attributes) mine.setAttribute(name, value);
    document.head.append(mine);
  }
  Object.assign(document.documentElement.dataset, theirs.dataset);
}

/** An answer that is no page of ours (the way in, an error) is loaded as the browser does it. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted, requestConfig } = event.detail;
  const moved = new URL(xhr.responseURL || location.href).pathname === "/enter";
  if (boosted && requestConfig.verb === "get" && (xhr.status >= 400 || moved)) {
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL || requestConfig.path);
  } else if (boosted) {
    adoptHead(xhr.responseText);
  }
});
