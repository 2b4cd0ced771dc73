// The spectrum, and what it was: time to the right, pitch upwards, as the screen's waterfall.

import { cleared, isStill, pageColour, writeOutlined } from "./canvas.js";

const FLOOR_DB = -80;
const TOP_DB = 0;
const N_COLUMNS = 600; // one minute
const COLUMN_PX = 3;
const LOWEST_HZ = 50;
const HIGHEST_HZ = 10000;
const MARKS = { 100: "100 Hz", 1000: "1 kHz", 5000: "5 kHz" };

const share = (level) => Math.min(Math.max((level - FLOOR_DB) / (TOP_DB - FLOOR_DB), 0), 1);

export class Sound {
  constructor(canvas) {
    this.canvas = canvas;
    this.bands = [];
    this.levels = [];
    this.past = null; // a ring of columns, one pixel each
    this.place = 0;
  }

  /** Takes the colours from quiet to loud. */
  paint(levels) {
    this.levels = levels.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  }

  push(bands) {
    if (!this.levels.length) return;
    this.bands = bands;
    if (isStill.matches) return; // drawn with the answers instead
    this.keep();
    this.draw();
  }

  keep() {
    if (!this.past) {
      this.past = document.createElement("canvas");
      this.past.width = N_COLUMNS;
      this.past.height = this.bands.length;
    }
    const column = new ImageData(1, this.bands.length);
    this.bands.forEach((level, band) => {
      const at = 4 * (this.bands.length - 1 - band);
      column.data.set([...this.colour(level), 255], at);
    });
    this.past.getContext("2d").putImageData(column, this.place, 0);
    this.place = (this.place + 1) % N_COLUMNS;
  }

  colour(level) {
    return this.levels[Math.min(Math.floor(share(level) * this.levels.length), this.levels.length - 1)];
  }

  draw() {
    const context = cleared(this.canvas);
    if (!context || !this.bands.length) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (isStill.matches) {
      this.drawUpright(context, width, height);
      return;
    }
    const side = Math.min(Math.max(width * 0.12, 56), 150);
    this.drawPast(context, width - side - 6, height);
    this.drawOnSide(context, width - side, side, height);
    drawMarks(context, height);
  }

  drawPast(context, width, height) {
    if (!this.past) return;
    context.save();
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    context.fillStyle = `rgb(${this.levels[0].join()})`;
    context.fillRect(0, 0, width, height);
    const newer = this.place; // columns up to here are the newest, those after it the oldest
    const older = N_COLUMNS - newer;
    const rows = this.past.height;
    const px = COLUMN_PX;
    if (newer) context.drawImage(this.past, 0, 0, newer, rows, width - newer * px, 0, newer * px, height);
    if (older) {
      const right = width - newer * px;
      context.drawImage(this.past, newer, 0, older, rows, right - older * px, 0, older * px, height);
    }
    context.restore();
  }

  drawOnSide(context, left, width, height) {
    const tall = height / this.bands.length;
    this.bands.forEach((level, band) => {
      context.fillStyle = `rgb(${this.colour(level).join()})`;
      context.fillRect(left, height - (band + 1) * tall, width * share(level), Math.max(tall - 1, 1));
    });
  }

  drawUpright(context, width, height) {
    const wide = width / this.bands.length;
    this.bands.forEach((level, band) => {
      const tall = height * share(level);
      context.fillStyle = `rgb(${this.colour(level).join()})`;
      context.fillRect(band * wide, height - tall, Math.max(wide - 2, 1), tall);
    });
  }
}

function drawMarks(context, height) {
  context.font = "11px system-ui, sans-serif";
  for (const [hz, text] of Object.entries(MARKS)) {
    const up = Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ);
    writeOutlined(context, text, 8, height * (1 - up), pageColour("hold"));
  }
}
