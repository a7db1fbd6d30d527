interface Entry {
  readonly at: number;
  readonly sequence: number;
  readonly act: (time: number) => void;
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.sequence < other.sequence);
}

/** What is to happen at which moment: a heap, since a task may have 30,000 devices. */
export class DueQueue {
  private readonly heap: Entry[] = [];
  private sequence = 0;

  add(at: number, act: (time: number) => void): void {
    if (at === Infinity) return;
    this.sequence += 1;
    const entry = { at, sequence: this.sequence, act };
    let index = this.heap.length;
    this.heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      this.heap[index] = above;
      index = parent;
    }
    this.heap[index] = entry;
  }

  /** Takes what is due first, if it is due by then. */
  take(until: number): Entry | undefined {
    const [first] = this.heap;
    if (first === undefined || first.at > until) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && last !== first) this.sink(last);
    return first;
  }

  private sink(entry: Entry): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = this.heap[child];
      const other = this.heap[child + 1];
      if (below === undefined) break;
      if (other !== undefined && isBefore(other, below)) {
        child += 1;
        below = other;
      }
      if (isBefore(entry, below)) break;
      this.heap[index] = below;
      index = child;
    }
    this.heap[index] = entry;
  }
}
