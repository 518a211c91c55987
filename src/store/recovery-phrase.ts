/** A recovery phrase: 256 random bits as 24 words of BIP-39's English list, the last of which checks the others. */
import { entropyToMnemonic, mnemonicToEntropy, validateMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { recoveryPhraseCharsMax } from "./limits.ts";
import { ProfileError } from "./port.ts";

export const recoveryEntropyBytes = 32;
const wordCount = 24;

export function phraseOf(entropy: Uint8Array): string {
  return entropyToMnemonic(entropy, wordlist);
}

/** However it was typed: capitals, several lines, numbers before the words. Throws `ProfileError` "phraseInvalid", which says what is wrong. */
export function entropyOf(phrase: string): Uint8Array {
  if (phrase.length > recoveryPhraseCharsMax) throw wrong("This is far too long.");
  const words = phrase
    .normalize("NFKD")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
  const strangers = words.flatMap((word, index) => (known.has(word) ? [] : [`“${word}” (word ${index + 1})`]));
  if (strangers.length > 0)
    throw wrong(`${strangers.slice(0, 3).join(", ")} ${strangers.length === 1 ? "is" : "are"} not in the list of words.`);
  if (words.length !== wordCount) throw wrong(`It has ${words.length} of ${wordCount} words.`);
  const normal = words.join(" ");
  if (!validateMnemonic(normal, wordlist))
    throw wrong("Every word is one of the list, but together they are no phrase: a word is wrong, or two are swapped.");
  return mnemonicToEntropy(normal, wordlist);
}

const known = new Set(wordlist);

function wrong(what: string): ProfileError {
  return new ProfileError("phraseInvalid", `The recovery phrase is not right. ${what}`);
}
