// The answers of the last five minutes: a column each, as high as it was sure.

import { cleared, pageColour, writeOutlined } from "./canvas.js";

const SPAN_SECONDS = 300;
const LONGEST_STEPS = 4; // what lies further apart has a gap between
const LEAST = 0.06;
const LEAST_HEIGHT_FOR_NAMES = 40;
const NAMELESS = { unsure: "unsure", not_music: "not-music", silence: "track" };

export class Ribbon {
  constructor(canvas) {
    this.canvas = canvas;
    this.answers = []; // [time in s, label or state, posterior], oldest first
    this.colours = {};
    this.stepSeconds = 0.5;
  }

  restart(answers) {
    this.answers = answers;
    this.draw();
  }

  push(answer) {
    const newest = this.answers.at(-1);
    if (newest && answer[0] <= newest[0]) return;
    this.answers.push(answer);
    while (this.answers[0][0] < answer[0] - SPAN_SECONDS) this.answers.shift();
    this.draw();
  }

  /** Joins neighbours of the same name: [name, place of the first, place after the last]. */
  runs() {
    const runs = [];
    this.answers.forEach(([, name], place) => {
      const run = runs.at(-1);
      if (run && run[0] === name && !this.isAfterGap(place)) run[2] = place + 1;
      else runs.push([name, place, place + 1]);
    });
    return runs;
  }

  draw() {
    const context = cleared(this.canvas);
    if (!context || !this.answers.length) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const now = this.answers.at(-1)[0];
    const x = (time) => width * (1 - (now - time) / SPAN_SECONDS);
    for (const [name, first, end] of this.runs()) {
      const left = Math.max(x(this.began(first)), 0);
      const right = x(this.answers[end - 1][0]);
      context.fillStyle = this.colours[name] ?? pageColour(NAMELESS[name] ?? "grey");
      context.globalAlpha = 0.22;
      context.fillRect(left, 0, right - left, height);
      context.globalAlpha = 1;
      context.beginPath(); // one outline for all columns: no seams between them
      context.moveTo(left, height);
      for (let place = first; place < end; place += 1) {
        const top = height * (1 - Math.max(this.answers[place][2], LEAST));
        context.lineTo(x(this.began(place)), top);
        context.lineTo(x(this.answers[place][0]), top);
      }
      context.lineTo(right, height);
      context.fill();
      if (name in this.colours && height >= LEAST_HEIGHT_FOR_NAMES) write(context, name, left, right);
    }
  }

  /** Returns when the sound began that an answer stands for. */
  began(place) {
    const isFirst = place === 0 || this.isAfterGap(place);
    return isFirst ? this.answers[place][0] - this.stepSeconds : this.answers[place - 1][0];
  }

  isAfterGap(place) {
    return this.answers[place][0] - this.answers[place - 1][0] > LONGEST_STEPS * this.stepSeconds;
  }
}

/** Writes a name into its run, if there is room for it. */
function write(context, name, left, right) {
  context.font = "600 12px system-ui, sans-serif";
  if (context.measureText(name).width > right - left - 14) return;
  writeOutlined(context, name, left + 7, 14, pageColour("mark"));
}
