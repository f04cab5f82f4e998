/* What is wrong with the text of a page: scrolls sideways, is cut off, runs into other text, is
   smaller than 12 px. */
(() => {
  const regions = ".top, .main-nav, .help-body, .menu-body, main, .foot, .lines";
  const forReaders = new Map(); // parts that only screen readers get are clipped away
  const clippedAway = (element) => {
    if (!element) return false;
    if (!forReaders.has(element)) {
      const own = getComputedStyle(element).clipPath === "inset(50%)";
      forReaders.set(element, own || clippedAway(element.parentElement));
    }
    return forReaders.get(element);
  };
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest("noscript, option, script, style, title, template") &&
    !clippedAway(element);
  const scrolledAway = (element, ink) => {
    for (let outer = element; outer && outer !== document.body; outer = outer.parentElement) {
      if (!/auto|scroll/.test(getComputedStyle(outer).overflowY) || outer.matches(".table-wrap")) continue;
      const around = outer.getBoundingClientRect();
      if (ink.top >= around.bottom - 1 || ink.bottom <= around.top + 1) return true;
    }
    return false;
  };
  const texts = [];
  const clipped = [];
  const small = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (!text || !seen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const size = Number.parseFloat(getComputedStyle(element).fontSize);
    if (size < 11.9 && !element.closest("[aria-hidden=true]")) small.push(`${size} px: "${text.slice(0, 60)}"`);
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const ink = { left: box.left, right: box.right,
        top: box.top + (box.height - size) / 2, bottom: box.bottom - (box.height - size) / 2 };
      if (scrolledAway(element, ink)) continue;
      const scrolls = element.closest(".table-wrap.many");
      if (box.right > innerWidth + 1 && !scrolls) clipped.push(`beyond the right edge: "${text.slice(0, 60)}"`);
      for (let outer = element; outer && outer !== document.body; outer = outer.parentElement) {
        const style = getComputedStyle(outer);
        if (style.position === "fixed") break;
        if (!/hidden|clip/.test(style.overflowX + style.overflowY) || outer.matches("[data-may-cut]")) continue;
        const around = outer.getBoundingClientRect();
        if (ink.right > around.right + 1 || ink.left < around.left - 1 || ink.bottom > around.bottom + 2) {
          clipped.push(`in ${outer.tagName}.${outer.className}: "${text.slice(0, 60)}"`);
          break;
        }
      }
      texts.push({ ...ink, text: text.slice(0, 60), size, node, region: element.closest(regions) });
    }
  }
  const collisions = [];
  texts.sort((a, b) => a.top - b.top);
  for (let i = 0; i < texts.length; i += 1) {
    for (let j = i + 1; j < texts.length && texts[j].top < texts[i].bottom; j += 1) {
      const [a, b] = [texts[i], texts[j]];
      if (a.node === b.node || a.region !== b.region) continue;
      const slack = 0.15 * Math.min(a.size, b.size);
      const beside = a.right <= b.left + 0.75 || b.right <= a.left + 0.75;
      const above = a.bottom <= b.top + slack || b.bottom <= a.top + slack;
      if (!beside && !above) collisions.push(`"${a.text}" and "${b.text}"`);
    }
  }
  const wide = document.scrollingElement.scrollWidth;
  return {
    sideways: wide > innerWidth ? [`${wide} px in a window of ${innerWidth} px`] : [],
    clipped: [...new Set(clipped)], collisions: [...new Set(collisions)], small: [...new Set(small)],
  };
})();
