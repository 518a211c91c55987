/** All checkers: each looks at what happens and at what people could ask, and at nothing inside of a peer. */
import type { Inside } from "../inside.ts";
import type { CreateChecker } from "../seen.ts";
import { createAcknowledged } from "./acknowledged.ts";
import { createAgreement } from "./agreement.ts";
import { createAnswers } from "./answers.ts";
import { createAuthors } from "./authors.ts";
import { createBounds } from "./bounds.ts";
import { createDisappeared } from "./disappeared.ts";
import { createHeld } from "./held.ts";
import { createKept } from "./kept.ts";
import { createNetworks } from "./networks.ts";
import { createOnceInOrder } from "./once-in-order.ts";
import { createOneHost } from "./one-host.ts";
import { createSecrecy } from "./secrecy.ts";
import { createShunned } from "./shunned.ts";
import { createTakenBack } from "./taken-back.ts";
import { createUntold } from "./untold.ts";

export const checkersFor = (secrets: readonly string[], inside: Inside): readonly CreateChecker[] => [
  createOneHost,
  createOnceInOrder,
  createAuthors,
  createAcknowledged,
  createSecrecy(secrets),
  createNetworks,
  createAnswers,
  createBounds(inside),
  createAgreement,
  createKept,
  createHeld,
  createDisappeared,
  createUntold,
  createShunned,
  createTakenBack,
];
