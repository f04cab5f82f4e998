/** Against burn-in: the whole picture moves by a few pixels, so that no edge stands for months. */
const PERIOD_MS = 90_000;
const ORBIT = [[0, 0], [1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]];

/** Offset in px at monotonic time `now`; `reach` px at most in each direction. */
export function offset(now, reach) {
  const [x, y] = ORBIT[Math.floor(now / PERIOD_MS) % ORBIT.length];
  return [x * reach, y * reach];
}

/** Keeps `element` on the move. The padding around the picture is wider than the reach. */
export function startPixelShift(element) {
  const move = () => {
    const reach = Math.max(2, Math.round(window.innerHeight / 360));
    const [x, y] = offset(performance.now(), reach);
    element.style.transform = x || y ? `translate(${x}px, ${y}px)` : "";
  };
  move();
  return setInterval(move, PERIOD_MS);
}
