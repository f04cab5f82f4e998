/* What a test can measure of a page: every piece of visible text and where it stands. */
(() => {
  const visible = (element) => {
    const style = getComputedStyle(element);
    return style.visibility !== "hidden" && style.display !== "none";
  };
  const context = document.createElement("canvas").getContext("2d");
  const capShare = (style) => {
    context.font = `${style.fontWeight} 1000px ${style.fontFamily}`;
    return context.measureText("H").actualBoundingBoxAscent / 1000;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.querySelector("#wall"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (!text || !visible(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    const holder = element.closest(".figure, .tile, .act-row, .breaches li, .panel, .band, .data");
    const around = holder.getBoundingClientRect();
    texts.push({
      text,
      where: `${element.className || element.tagName} in ${holder.className}`,
      font: style.fontFamily,
      size,
      cap: size * capShare(style),
      left: box.left, right: box.right,
      // The ink of letters, not the line box: what would be seen to collide.
      top: box.top + (box.height - size) / 2, bottom: box.bottom - (box.height - size) / 2,
      holder: { left: around.left, right: around.right, top: around.top, bottom: around.bottom },
    });
  }
  const scrolling = [...document.querySelectorAll("#wall *")]
    .filter((e) => !(e instanceof SVGElement) && e.clientWidth > 0)
    .filter((e) => e.scrollWidth > e.clientWidth + 1)
    .filter((e) => getComputedStyle(e).display !== "inline")
    .map((e) => `${e.tagName}.${e.className}: ${e.scrollWidth} > ${e.clientWidth} "${e.textContent.trim().slice(0, 60)}"`);
  return { texts, scrolling, width: innerWidth, height: innerHeight };
})();
