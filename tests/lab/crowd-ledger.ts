/**
 * What was said in one conversation, what its authors were told of it, and what each screen showed: whether nothing was
 * lost, shown twice or moved about. Pure, and tested with planted faults.
 *
 * A message is owed to everybody who was there before it was said and still is, when its author lives, or was told before
 * its death that others hold it. One whose author died before may be missing, but then on every screen.
 */

export interface Said {
  readonly number: number;
  readonly author: string;
  /** In milliseconds of one clock, as all times here. */
  readonly at: number;
  /** The author's peer took it. */
  takenAt: number | undefined;
  heldAt: number | undefined;
  deliveredAt: number | undefined;
}

/** Living at the end. */
export interface Witness {
  readonly peerId: string;
  /** In the conversation since then. */
  readonly since: number;
}

export interface Problem {
  readonly kind: "refused" | "lost" | "doubled" | "forged" | "disordered" | "disagreed" | "divided" | "failed";
  readonly where: string;
  readonly what: string;
}

/** What a witness shows at the end, oldest first, by number. */
export interface Screen extends Witness {
  readonly numbers: readonly number[];
}

interface Shown {
  /** In the order in which they were told; a number comes again where it was told again. */
  readonly entries: { readonly number: number; readonly at: number }[];
  readonly numbers: Set<number>;
}

/** More of one kind would hide the others. */
const problemsPerKindMax = 5;
const markPattern = /^(\w+)#(\d+) /;

export class Ledger {
  readonly name: string;
  readonly said: Said[] = [];
  readonly #shown = new Map<string, Shown>();
  readonly #forged: Problem[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Gives the text to send. */
  say(author: string, at: number, length: number): { readonly said: Said; readonly text: string } {
    const said: Said = { number: this.said.length, author, at, takenAt: undefined, heldAt: undefined, deliveredAt: undefined };
    this.said.push(said);
    return { said, text: `${this.name}#${said.number} `.padEnd(length, "earshot ") };
  }

  /** A message appeared on this screen. */
  show(receiver: string, from: string, text: string, at: number): void {
    const said = this.#of(text);
    if (said?.author !== from) this.#forged.push(this.#problem("forged", receiver, `"${text.slice(0, 20)}" from ${from}`));
    if (said === undefined) return;
    const shown = this.#shownTo(receiver);
    shown.entries.push({ number: said.number, at });
    shown.numbers.add(said.number);
  }

  /** The author was told how far its message has come. */
  told(text: string, state: "queued" | "held" | "delivered" | "read", at: number): void {
    const said = this.#of(text);
    if (said === undefined || state === "queued") return;
    said.heldAt ??= at;
    if (state !== "held") said.deliveredAt ??= at;
  }

  numberOf(text: string): number | undefined {
    return this.#of(text)?.number;
  }

  /** What everybody who was there must have. */
  owed(living: ReadonlySet<string>): Said[] {
    return this.said.filter(({ author, takenAt, heldAt }) => (living.has(author) ? takenAt : heldAt) !== undefined);
  }

  /** How many are still missing on these screens. */
  missing(witnesses: readonly Witness[]): number {
    const owed = this.owed(idsOf(witnesses));
    let missing = 0;
    for (const { peerId, since } of witnesses) {
      const { numbers } = this.#shownTo(peerId);
      for (const { number, at } of owed) if (at >= since && !numbers.has(number)) missing += 1;
    }
    return missing;
  }

  /** How often one of these showed what another peer had said. */
  deliveries(witnesses: readonly Witness[]): number {
    return this.latencies(witnesses, ({ at }) => at).length;
  }

  /** How often they owe it to each other. */
  owedDeliveries(witnesses: readonly Witness[]): number {
    const owed = this.owed(idsOf(witnesses));
    return witnesses.reduce((sum, { peerId, since }) => sum + owed.filter(({ author, at }) => author !== peerId && at >= since).length, 0);
  }

  /** Milliseconds from `start` to each screen of another peer that was there; undefined leaves a message out. */
  latencies(witnesses: readonly Witness[], start: (said: Said) => number | undefined): number[] {
    return witnesses.flatMap(({ peerId, since }) =>
      this.#shownTo(peerId).entries.flatMap(({ number, at }) => {
        const said = this.said[number];
        const from = said === undefined || said.author === peerId || said.at < since ? undefined : start(said);
        return from === undefined ? [] : [at - from];
      }),
    );
  }

  /** @param keptMin so many of the newest messages every screen must still have */
  problems(witnesses: readonly Witness[], screens: readonly Screen[], keptMin: number): Problem[] {
    const living = idsOf(witnesses);
    const owed = this.owed(living);
    return [
      ...this.#forged,
      ...this.said
        .filter(({ author, takenAt }) => living.has(author) && takenAt === undefined)
        .map(({ number, author }) => this.#problem("refused", author, `#${number}`)),
      ...witnesses.flatMap((witness) => this.#problemsAsTold(witness, owed)),
      ...this.#problemsOnScreens(screens, owed, keptMin),
    ];
  }

  #problemsAsTold({ peerId, since }: Witness, owed: readonly Said[]): Problem[] {
    const problems: Problem[] = [];
    const seen = new Set<number>();
    const lastOf = new Map<string, number>();
    for (const { number } of this.#shownTo(peerId).entries) {
      const author = this.said[number]?.author ?? "";
      if (seen.has(number)) problems.push(this.#problem("doubled", peerId, `#${number} of ${author}`));
      seen.add(number);
      // Whoever comes late is told of what is new before what was.
      if ((this.said[number]?.at ?? 0) < since) continue;
      const last = lastOf.get(author) ?? -1;
      if (number < last) problems.push(this.#problem("disordered", peerId, `#${number} of ${author} after #${last}`));
      lastOf.set(author, Math.max(last, number));
    }
    for (const { number, author, at } of owed) {
      if (at >= since && !seen.has(number)) problems.push(this.#problem("lost", peerId, `#${number} of ${author}`));
    }
    return problems;
  }

  /** What is on one screen belongs on each whose peer was there, once and in the same order. */
  #problemsOnScreens(screens: readonly Screen[], owed: readonly Said[], keptMin: number): Problem[] {
    const fullest = screens.reduce<readonly number[]>((most, { numbers }) => (numbers.length > most.length ? numbers : most), []);
    const inFullest = new Set(fullest);
    const anywhere = new Set([...owed.map(({ number }) => number), ...screens.flatMap(({ numbers }) => numbers)]);
    const wanted = [...anywhere].sort((one, other) => other - one).slice(0, keptMin);
    return screens.flatMap(({ peerId, since, numbers }) => {
      const here = new Set(numbers);
      const lacking = wanted.filter((number) => !here.has(number) && (this.said[number]?.at ?? since) >= since);
      const common = fullest.filter((number) => here.has(number));
      const order = numbers.filter((number) => inFullest.has(number));
      const place = order.findIndex((number, index) => number !== common[index]);
      return [
        ...(here.size < numbers.length ? [this.#problem("doubled", peerId, `${numbers.length - here.size} on its screen`)] : []),
        ...lacking.map((number) => this.#problem("lost", peerId, `#${number} on its screen`)),
        ...(place < 0 ? [] : [this.#problem("disagreed", peerId, `#${order[place]} where others have #${common[place]}`)]),
      ];
    });
  }

  #shownTo(receiver: string): Shown {
    const shown = this.#shown.get(receiver) ?? { entries: [], numbers: new Set() };
    this.#shown.set(receiver, shown);
    return shown;
  }

  #of(text: string): Said | undefined {
    const [, name, number] = markPattern.exec(text) ?? [];
    return name === this.name ? this.said[Number(number)] : undefined;
  }

  #problem(kind: Problem["kind"], where: string, what: string): Problem {
    return { kind, where: `${where} in ${this.name}`, what };
  }
}

/** The first of each kind, and how many more. */
export function summarize(problems: readonly Problem[]): string[] {
  const byKind = new Map<Problem["kind"], Problem[]>();
  for (const problem of problems) byKind.set(problem.kind, [...(byKind.get(problem.kind) ?? []), problem]);
  return [...byKind].flatMap(([kind, found]) => [
    ...found.slice(0, problemsPerKindMax).map(({ where, what }) => `${kind} at ${where}: ${what}`),
    ...(found.length > problemsPerKindMax ? [`${kind}: ${found.length - problemsPerKindMax} more`] : []),
  ]);
}

function idsOf(witnesses: readonly Witness[]): ReadonlySet<string> {
  return new Set(witnesses.map(({ peerId }) => peerId));
}
