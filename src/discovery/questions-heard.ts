/**
 * Whether a question of somebody else asks for all that we would: its answers are left out for what the asker knows, and we
 * may not know it (RFC 6762, sections 7.2 and 7.3). Long lists come in several packets; only the last one settles it.
 */
import { openQuestionsMax } from "./limits.ts";

/** What one packet of an asker says. */
export interface QuestionPart {
  readonly asker: string;
  readonly isQuestion: boolean;
  readonly isMoreToCome: boolean;
  readonly hidesWhatWeLack: boolean;
}

export class QuestionsHeard {
  /** Whether what the asker has hidden so far is known to us. */
  readonly #open = new Map<string, boolean>();

  /** Gives whether a question is complete with this part, and hides nothing that we lack. */
  hear({ asker, isQuestion, isMoreToCome, hidesWhatWeLack }: QuestionPart): boolean {
    const before = isQuestion ? true : this.#open.get(asker);
    this.#open.delete(asker);
    if (before === undefined) return false;
    const isAll = before && !hidesWhatWeLack;
    if (!isMoreToCome) return isAll;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined && this.#open.size >= openQuestionsMax) this.#open.delete(oldest);
    this.#open.set(asker, isAll);
    return false;
  }
}
