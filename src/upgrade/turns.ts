/** Runs what has the same key one after the other, and all else side by side. */
export type Turns = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    last.set(key, result);
    const done = (): void => {
      if (last.get(key) === result) last.delete(key);
    };
    result.then(done, done);
    return result;
  };
}
