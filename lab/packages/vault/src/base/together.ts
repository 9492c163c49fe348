// together.ts: several jobs, each in two halves, of which no second half begins before all first halves are done.

/**
 * Run jobs side by side. Each calls `arrived` after its first half and goes on when it resolves, which is when all have called it; then
 * `release` is called once, before. What one throws in its first half stops the others.
 */
export async function together<T>(jobs: readonly ((arrived: () => Promise<void>) => Promise<T>)[], release: () => void | Promise<void>): Promise<T[]> {
  let missing = jobs.length;
  let go = (): void => {};
  let fail = (_: unknown): void => {};
  const all = new Promise<void>((resolve, reject) => ([go, fail] = [resolve, reject]));
  all.catch(() => undefined);
  const arrived = (): Promise<void> => {
    missing -= 1;
    if (missing === 0) Promise.resolve(release()).then(go, fail);
    return all;
  };
  return Promise.all(jobs.map(job => job(arrived).catch((why: unknown) => {
    fail(why);
    throw why;
  })));
}
