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
    const fields = [...document.querySelectorAll("#search, .finder input[name=q]")];
    const search = fields.find((each) => each.checkVisibility());
    const elsewhere = document.querySelector(".search-link"); // of a narrow window
    if (!search && !elsewhere) return;
    event.preventDefault();
    if (!search) return elsewhere.click();
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

/** What the new page's head has and this one's has not: htmx takes its body and title alone. */
function missingIn(head) {
  const bare = (each) => (each.getAttribute("href") ?? each.getAttribute("src")).replace(/\?.*/, "");
  const asked = "link[rel=stylesheet], script[src]";
  const known = new Set([...document.head.querySelectorAll(asked)].map(bare));
  return [...head.querySelectorAll(asked)].filter((each) => !known.has(bare(each)));
}

function adopt(each) {
  const mine = document.createElement(each.localName);
  for (const { name, value } of each.attributes) mine.setAttribute(name, value);
  document.head.append(mine);
  return mine;
}

const pageOf = (xhr) => new DOMParser().parseFromString(xhr.responseText, "text/html");
const settled = (link) =>
  new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done);
  });

/** A page with styles of its own is shown when they are there: htmx is told of it once more. */
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, boosted } = event.detail;
  if (!boosted || xhr.status >= 400) return;
  const styles = missingIn(pageOf(xhr).head).filter((each) => each.localName === "link");
  if (!styles.length) return;
  event.preventDefault();
  Promise.all(styles.map((each) => settled(adopt(each)))).then(() => xhr.onload());
});

/** An answer that is no page of ours (the way in, an error) is loaded as the browser does it. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted, requestConfig } = event.detail;
  const moved = new URL(xhr.responseURL || location.href).pathname === "/enter";
  if (boosted && requestConfig.verb === "get" && (xhr.status >= 400 || moved)) {
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL || requestConfig.path);
  } else if (boosted) {
    const theirs = pageOf(xhr);
    for (const each of missingIn(theirs.head)) if (each.type === "module") adopt(each);
    Object.assign(document.documentElement.dataset, theirs.documentElement.dataset);
  }
});
