/** Published vectors of X25519, as RFC 7748 prints them, and the keys on which libraries could differ. Little endian, in hex. */

/** Section 5.2. */
export const multiplied = [
  {
    scalar: "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    point: "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
    product: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
  },
  {
    scalar: "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
    point: "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
    product: "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
  },
];

/** Section 5.2: each result is the next scalar, each scalar the next point. */
export const iterated = {
  start: "0900000000000000000000000000000000000000000000000000000000000000",
  once: "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079",
  thousandTimes: "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51",
};

/** Section 6.1. */
export const aliceAndBob = {
  aliceSecret: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
  alicePublic: "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
  bobSecret: "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
  bobPublic: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
  shared: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
};

const prime = 2n ** 255n - 19n;
/** Numbers whose points have order 1, 2 or 4, and the two of order 8. */
const lowOrder = [
  0n,
  1n,
  prime - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

/** Each in every form: reduced or not, with the highest bit or without. */
export const lowOrderKeys: readonly string[] = lowOrder
  .flatMap((u) => [u, u + prime])
  .filter((u) => u < 2n ** 255n)
  .flatMap((u) => [u, u + 2n ** 255n])
  .map(littleEndian);

/** Of full order, at the edges of the field: p + 2 and the largest are no reduced numbers. */
export const oddKeys: readonly string[] = [2n, 9n, prime - 2n, prime + 2n, 2n ** 255n - 1n].map(littleEndian);

function littleEndian(number: bigint): string {
  return Array.from({ length: 32 }, (_, index) => ((number >> BigInt(8 * index)) & 0xffn).toString(16).padStart(2, "0")).join("");
}
