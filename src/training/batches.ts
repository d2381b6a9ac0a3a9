import type { Dataset } from './data/dataset.js';
import { createRandom } from './random.js';
import type { Batch } from './stepper.js';

/** The training rows in batches, in an order of its own for each epoch. */
export class BatchSource {
  /** Rows of a full batch: what the config asks for, at most all rows. */
  readonly batchSize: number;
  readonly perEpoch: number;
  private readonly order: Int32Array;
  private spreadRows: Batch | null = null;
  /** Room for a batch, used again and again. */
  private room: Rows | null = null;

  /** The order is a pure function of (seed, epoch); without `shuffle` it is that of the data. */
  constructor(
    private readonly dataset: Dataset,
    batchSize: number,
    private readonly shuffle: boolean,
    private readonly seed: number,
  ) {
    this.batchSize = Math.min(batchSize, dataset.rows);
    this.perEpoch = Math.ceil(dataset.rows / this.batchSize);
    this.order = new Int32Array(dataset.rows);
  }

  /** Every row once, from batch `first` on; the last batch holds what is left. */
  *epoch(epoch: number, first = 0): Generator<Batch> {
    for (const rows of this.inTurn(epoch, first)) yield gather(this.dataset, rows, roomFor(this.dataset, rows.length));
  }

  /** The same, but a batch is valid until the next is asked for, from whatever epoch: they all take the same memory. */
  *passing(epoch: number, first = 0): Generator<Batch> {
    const [x, y] = widths(this.dataset);
    for (const rows of this.inTurn(epoch, first)) {
      const { inputs, targets } = (this.room ??= roomFor(this.dataset, this.batchSize));
      const part = { inputs: inputs.subarray(0, rows.length * x), targets: targets.subarray(0, rows.length * y) };
      yield gather(this.dataset, rows, part);
    }
  }

  /** Numbers of the rows, batch by batch. */
  private *inTurn(epoch: number, first: number): Generator<Int32Array> {
    const order = this.order.map((_, row) => row);
    if (this.shuffle) createRandom(this.seed, 'shuffle', epoch).shuffle(order);
    for (let from = first * this.batchSize; from < order.length; from += this.batchSize) yield order.subarray(from, from + this.batchSize);
  }

  /** At most so many rows at equal distances over the whole data: always the same, and drawn from no random stream. */
  spread(rows: number): Batch {
    const count = Math.min(rows, this.dataset.rows);
    if (this.spreadRows?.rows !== count) {
      const every = Int32Array.from({ length: count }, (_, i) => Math.floor((i * this.dataset.rows) / count));
      this.spreadRows = gather(this.dataset, every, roomFor(this.dataset, count));
    }
    return this.spreadRows;
  }
}

/** All rows in their order, in batches of at most `batchSize`. */
export function* inOrder(dataset: Dataset, batchSize: number): Generator<Batch> {
  const [x, y] = widths(dataset);
  for (let from = 0; from < dataset.rows; from += batchSize) {
    const to = Math.min(dataset.rows, from + batchSize);
    yield { rows: to - from, inputs: dataset.inputs.slice(from * x, to * x), targets: dataset.targets.slice(from * y, to * y) };
  }
}

type Rows = Pick<Batch, 'inputs' | 'targets'>;

function roomFor(dataset: Dataset, rows: number): Rows {
  const [x, y] = widths(dataset);
  return { inputs: new Float32Array(rows * x), targets: new Float32Array(rows * y) };
}

/** Writes the rows into arrays of their size. */
function gather(dataset: Dataset, rows: Int32Array, { inputs, targets }: Rows): Batch {
  const [x, y] = widths(dataset);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    copyRow(dataset.inputs, row, inputs, i, x);
    copyRow(dataset.targets, row, targets, i, y);
  }
  return { rows: rows.length, inputs, targets, samples: rows };
}

/** Up to here a loop is faster than a view of the row. */
const SHORT_ROW = 64;

function copyRow(from: Float32Array, row: number, to: Float32Array, place: number, width: number): void {
  if (width > SHORT_ROW) return to.set(from.subarray(row * width, (row + 1) * width), place * width);
  for (let k = 0; k < width; k++) to[place * width + k] = from[row * width + k] as number;
}

function widths(dataset: Dataset): [inputs: number, targets: number] {
  const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
  return [size(dataset.inputShape), size(dataset.targetShape)];
}
