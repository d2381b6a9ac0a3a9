/** The targets of rows whose inputs are equal. */
interface Group {
  rows: number;
  /** Sum of each target column. */
  sums: Float64Array;
  /** How often each target was seen, by its key. */
  counts: Map<string, number>;
}

/**
 * How much of the targets' variance no function of the inputs can explain: that among rows with equal inputs. Meaningful only where
 * inputs repeat.
 */
export class TargetSpread {
  private readonly groups = new Map<string, Group>();
  private readonly all: Group;
  private squares = 0;

  constructor(private readonly width: number) {
    this.all = this.group();
  }

  /** `input` and `target` are keys that are equal for equal numbers; the target's numbers begin at `at`. */
  add(input: string, target: string, targets: Float32Array, at: number): void {
    let group = this.groups.get(input);
    if (group === undefined) this.groups.set(input, (group = this.group()));
    for (const of of [group, this.all]) {
      of.rows++;
      of.counts.set(target, (of.counts.get(target) ?? 0) + 1);
      for (let i = 0; i < this.width; i++) of.sums[i] = (of.sums[i] as number) + (targets[at + i] as number);
    }
    for (let i = 0; i < this.width; i++) this.squares += (targets[at + i] as number) ** 2;
  }

  /**
   * Variance within the groups of equal inputs / variance in all, both unbiased (1 - adjusted R^2 of the best function): 0 where the inputs
   * decide the target, about 1 where they tell nothing. The smaller of the two for targets taken as numbers (squares) and as classes (Gini
   * impurity). Null where fewer than half of the rows repeat the inputs of another, or the target is constant.
   */
  unexplainedShare(): number | null {
    const { rows } = this.all;
    const repeats = rows - this.groups.size;
    if (repeats === 0 || repeats < rows / 2) return null;
    const total = [this.scatter([this.all]), impurity([this.all])];
    const within = [this.scatter([...this.groups.values()]), impurity([...this.groups.values()])];
    const shares = total.map((all, i) => (within[i] as number) / repeats / (all / (rows - 1)));
    const share = Math.min(...shares);
    return Number.isFinite(share) ? share : null;
  }

  /** Sum of squared distances from each group's mean. */
  private scatter(groups: readonly Group[]): number {
    let explained = 0;
    for (const { rows, sums } of groups) for (const sum of sums) explained += (sum * sum) / rows;
    return this.squares - explained;
  }

  private group(): Group {
    return { rows: 0, sums: new Float64Array(this.width), counts: new Map() };
  }
}

/** Sum over the groups of rows x (1 - sum of squared class shares). */
function impurity(groups: readonly Group[]): number {
  let sum = 0;
  for (const { rows, counts } of groups) {
    let pure = 0;
    for (const count of counts.values()) pure += (count / rows) ** 2;
    sum += rows * (1 - pure);
  }
  return sum;
}
