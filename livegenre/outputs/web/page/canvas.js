// What the drawings share.

/** Returns the context of a canvas, at the screen's own resolution, cleared; null if it is unseen. */
export function cleared(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (!width || !height) return null;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  return context;
}

/** Returns a colour of the page by its name. */
export function pageColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Writes a text that can be read on any colour; `y` is its middle. */
export function writeOutlined(context, text, x, y, colour) {
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = pageColour("ground");
  context.fillStyle = colour;
  context.textBaseline = "middle";
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

export const isStill = window.matchMedia("(prefers-reduced-motion: reduce)");
