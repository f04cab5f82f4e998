/** The preview of a wall: drawn as on a screen of 1920 x 1080, and made to fit its frame. */
const WIDTH = 1920;

function fit(frame) {
  const picture = frame.querySelector("iframe");
  frame.classList.add("scaled");
  picture.style.transform = `scale(${frame.clientWidth / WIDTH})`;
}

const watcher = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));

function watch() {
  watcher.disconnect();
  for (const frame of document.querySelectorAll(".wall-frame")) watcher.observe(frame);
}

watch();
document.addEventListener("htmx:afterSettle", watch);
