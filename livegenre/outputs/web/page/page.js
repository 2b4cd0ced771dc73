// Shows what livegenre tells: lines as of --jsonl, and colours, answers so far and bands besides.
// Words from outside become text, never markup.

import { Bars } from "./bars.js";
import { isStill, pageColour } from "./canvas.js";
import { keepLinked } from "./link.js";
import { Ribbon } from "./ribbon.js";
import { Sound } from "./sound.js";

const WORDS = { unsure: "unsure", not_music: "not music", silence: "silence" };
const LONG = 22; // letters, from which on a name is set small, in several lines
const N_TAGS = 5;

const root = document.documentElement;
const at = (id) => document.getElementById(id);
const bars = new Bars(at("bars"));
const ribbon = new Ribbon(at("ribbon"));
const sound = new Sound(at("sound"));
let session = { labels: [] };

const percent = (share) => `${Math.round(100 * share)} %`;

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Changes a text only where it differs, so that nothing is read out twice. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function strongest(posterior) {
  return Object.entries(posterior).sort(([, one], [, other]) => other - one)[0];
}

const sureOf = ({ label, posterior }) => (label === null ? 0 : (posterior[label] ?? 0));

function aside(decision) {
  if (decision.state === "genre") return `for ${clock(decision.time - decision.since)}`;
  const first = strongest(decision.posterior);
  return decision.state === "unsure" && first ? `closest: ${first[0]} ${percent(first[1])}` : "";
}

function showAnswer(decision) {
  const name = decision.label ?? WORDS[decision.state] ?? decision.state;
  const sure = sureOf(decision);
  root.style.setProperty("--genre", ribbon.colours[decision.label] ?? pageColour("grey"));
  root.style.setProperty("--letters", Math.min(Math.max([...name].length, 4), LONG));
  at("answer").classList.toggle("long", [...name].length > LONG);
  write(at("answer"), name);
  write(at("posterior"), decision.label === null ? "" : percent(sure));
  write(at("aside"), aside(decision));
  at("sure").style.transform = `scaleX(${sure})`;
  at("tags").replaceChildren(
    ...Object.keys(decision.tags).slice(0, N_TAGS).map((tag) => {
      const item = document.createElement("bdi");
      item.textContent = tag;
      return item;
    }),
  );
  document.title = `${name} · livegenre`;
}

function showDevice({ state, trouble, device }) {
  write(at("source"), device);
  at("device").dataset.state = state;
  write(at("device"), trouble ? `${state}: ${trouble}` : state);
}

function begin(header) {
  session = header;
  ribbon.stepSeconds = header.step_seconds;
  write(at("model"), header.model);
  write(at("answer"), "listening");
  for (const id of ["posterior", "aside", "tags"]) write(at(id), "");
  root.style.setProperty("--genre", pageColour("grey"));
  root.style.setProperty("--letters", 9);
  at("sure").style.transform = "scaleX(0)";
  at("answer").classList.remove("long");
  bars.restart();
  showDevice({ state: "live", trouble: "", device: header.source });
}

const takers = {
  header: begin,
  model(event) {
    session = { ...session, ...event };
    ribbon.stepSeconds = session.step_seconds;
    write(at("model"), event.model);
    bars.restart();
  },
  colours({ labels, levels }) {
    ribbon.colours = labels;
    sound.paint(levels);
    ribbon.draw();
    bars.show({}, session.labels, labels, null);
  },
  answers: ({ answers }) => ribbon.restart(answers),
  decision(decision) {
    showAnswer(decision);
    bars.show(decision.posterior, session.labels, ribbon.colours, decision.label);
    ribbon.push([decision.time, decision.label ?? decision.state, sureOf(decision)]);
    if (isStill.matches) sound.draw();
  },
  device: showDevice,
  bands: ({ bands }) => sound.push(bands),
  end: () => write(at("waiting-for"), "the session has ended; waiting for the next"),
};

keepLinked(
  (line) => takers[line.type]?.(line),
  (isThere) => {
    root.dataset.link = isThere ? "there" : "waiting";
    if (isThere) write(at("waiting-for"), "waiting for livegenre");
  },
);
new ResizeObserver(() => {
  ribbon.draw();
  sound.draw();
}).observe(document.body);
