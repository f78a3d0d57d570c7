/** What apps have written, line by line, and what of it is known: the same for a log group and a file. */

/** An error of a Redis client as apps log it, whatever their language. */
export interface Symptom {
  readonly word: string;
  readonly meaning: string;
  readonly fix: string;
}

export interface LogLine {
  /** Of the event; absent: a file tells no time that everybody could read. */
  readonly at?: number;
  /** The service, or what the instances are called. */
  readonly app: string;
  /** The id of the task, or of the instance. */
  readonly writer: string;
  /** Fit for the screen: no password is in it. */
  readonly message: string;
  readonly symptom?: Symptom;
}

/** One known error, as often as it was seen. */
export interface Seen {
  readonly symptom: Symptom;
  readonly count: number;
  readonly first?: number;
  readonly last?: number;
  readonly writers: readonly string[];
}

/** Each known error once, the most frequent first. `already`: what was seen before these lines. */
export function seenIn(lines: readonly LogLine[], already: readonly Seen[] = []): Seen[] {
  const seen = new Map(already.map((each) => [each.symptom.word, each]));
  for (const { symptom, at, writer } of lines) {
    if (!symptom) continue;
    const before = seen.get(symptom.word);
    const times = [before?.first, before?.last, at].filter((time) => time !== undefined);
    seen.set(symptom.word, {
      symptom,
      count: (before?.count ?? 0) + 1,
      ...(times.length > 0 ? { first: Math.min(...times), last: Math.max(...times) } : {}),
      writers: [...new Set([...(before?.writers ?? []), writer])],
    });
  }
  return [...seen.values()].sort((one, other) => other.count - one.count);
}

/** In the order in which each of them was first heard of; the lines of one stay in their own order. */
export function byWriter(lines: readonly LogLine[]): (readonly LogLine[])[] {
  const writers = new Map<string, LogLine[]>();
  for (const line of lines) {
    const key = `${line.app} ${line.writer}`;
    const own = writers.get(key) ?? [];
    if (own.length === 0) writers.set(key, own);
    own.push(line);
  }
  return [...writers.values()];
}
