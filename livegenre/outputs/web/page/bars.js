// A bar for each label; of many labels, the strongest.

const MOST = 10;

export class Bars {
  constructor(list) {
    this.list = list;
    this.rows = new Map();
  }

  restart() {
    this.rows.clear();
    this.list.replaceChildren();
  }

  show(posterior, labels, colours, named) {
    const chosen = labels.length <= MOST ? labels : strongest(posterior);
    for (const [label, row] of this.rows) {
      if (!chosen.includes(label)) {
        row.remove();
        this.rows.delete(label);
      }
    }
    chosen.forEach((label, place) => {
      const row = this.rows.get(label) ?? this.add(label, colours[label]);
      if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place]);
      const share = posterior[label] ?? 0;
      row.classList.toggle("named", label === named);
      row.querySelector(".fill").style.transform = `scaleX(${share})`;
      row.querySelector("output").textContent = `${Math.round(100 * share)} %`;
    });
  }

  add(label, colour) {
    const row = document.createElement("li");
    const name = document.createElement("bdi");
    const track = document.createElement("div");
    const fill = document.createElement("div");
    name.textContent = label;
    track.className = "track";
    fill.className = "fill";
    fill.style.background = colour ?? "";
    track.append(fill);
    row.append(name, track, document.createElement("output"));
    this.rows.set(label, row);
    return row;
  }
}

function strongest(posterior) {
  return Object.entries(posterior)
    .sort(([, one], [, other]) => other - one)
    .slice(0, MOST)
    .map(([label]) => label);
}
