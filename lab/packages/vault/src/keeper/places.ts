// places.ts: where the numbers of an array lie: its strips run along one axis, in the slots of chunk after chunk.

/** Of the i-th number in numpy's order: its strip, and its place along the slots. */
export function places(shape: readonly number[], slotAxis: number | null): (i: number) => { strip: number; along: number } {
  if (slotAxis === null) return i => ({ strip: i, along: 0 });
  const inner = shape.slice(slotAxis + 1).reduce((product, n) => product * n, 1);
  const length = shape[slotAxis] as number;
  return i => {
    const outer = Math.floor(i / (inner * length));
    return { strip: outer * inner + (i % inner), along: Math.floor(i / inner) % length };
  };
}

/** Where a number lies: which vector of the array, and which of its slots. */
export interface Place<S> {
  readonly strip: S;
  readonly vector: number;
  readonly slot: number;
}

/** Which numbers are looked at. */
export interface Part<S> {
  /** The first so many, in numpy's order. */
  readonly shown: number;
  readonly place: (i: number) => Place<S>;
  /** Vectors that hold them, each with the slots that are wanted of it: the first so many. */
  readonly wanted: ReadonlyMap<number, number>;
}

interface Laid<S> {
  readonly shape: readonly number[];
  readonly slotAxis: number | null;
  readonly logSlots: number;
  readonly strips: readonly S[];
}

/** The first numbers, `most` at the most, and of no more than `vectors` vectors. */
export function partOf<S extends { length: number | null; values: readonly number[] }>({ shape, slotAxis, logSlots, strips }: Laid<S>, most: number, vectors: number): Part<S> {
  const slots = 2 ** logSlots;
  const find = places(shape, slotAxis);
  const place = (i: number): Place<S> => {
    const { strip, along } = find(i);
    const one = strips[strip] as S;
    return { strip: one, vector: one.values[one.length === null ? 0 : Math.floor(along / slots)] as number, slot: along % slots };
  };
  let shown = Math.min(shape.reduce((product, n) => product * n, 1), most);
  const wanted = new Map<number, number>();
  for (let i = 0; i < shown; i += 1) {
    const { vector, slot } = place(i);
    if (!wanted.has(vector) && wanted.size === vectors) shown = i;
    else wanted.set(vector, Math.max(wanted.get(vector) ?? 0, slot + 1));
  }
  return { shown, place, wanted };
}
