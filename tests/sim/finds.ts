/** Bugs that the simulator found, as short as they could be made. Newest last. */
import type { Settings } from "./settings.ts";

export interface Find {
  /** What was wrong. */
  readonly name: string;
  readonly seed: number;
  readonly liar: Settings["liar"];
  readonly acts: readonly string[];
}

export const finds: readonly Find[] = [
  {
    name: "a liar kept a host alive that never existed",
    seed: 24,
    liar: "leaves",
    acts: ["0 join P1 guest", "403 join P6", "732 liar Mallory", "2221 lie ghostHost 429434", "44050 liarLeaves", "44050 calm"],
  },
  {
    name: "a newcomer heard of a dead peer, never had a link to it, and showed it for minutes",
    seed: 151,
    liar: "none",
    acts: [
      "0 join P1",
      "93 join P2",
      "163 join P4",
      "11638 join P7",
      "12796 split P1,P4,P7",
      "13657 move P4",
      "13895 healAll",
      "15053 killHost",
      "15191 split P4,P6,P7",
      "17029 return P1",
      "21462 unplug P7",
      "22792 quit P2",
      "25027 calm",
    ],
  },
  {
    name: "a public room that everybody had left stayed listed with a follower whom the host had taken to be away",
    seed: 1106,
    liar: "none",
    acts: [
      "0 join P1 guest",
      "134 join P2",
      "572 join P5",
      "14594 create P5 zqqfyzhh4",
      "17277 move P2",
      "18447 leave P5 zqqfyzhh4",
      "19497 sleep P2",
      "22407 calm",
    ],
  },
  {
    name: "the same, where the host had moved",
    seed: 775,
    liar: "none",
    acts: [
      "0 join P1",
      "173 join P2",
      "358 join P3",
      "9470 move P2",
      "9589 say P3 #lobby 7",
      "9589 say P3 #lobby 8 12096",
      "9589 say P3 #lobby 9",
      "9589 say P3 #lobby 10",
      "34878 move P3",
      "40750 create P1 zqmaavwn2",
      "44615 leave P1 zqmaavwn2",
      "58513 calm",
    ],
  },
  {
    name: "ghosts whom a liar introduced made a crowd of three, in which a death went unnoticed",
    seed: 643,
    liar: "leaves",
    acts: [
      "0 join P1",
      "272 liar Mallory",
      "9028 join P4",
      "12553 lie introduce 466636",
      "14354 lie introduce 909895",
      "17600 join P6",
      "52793 cutOneWay P4 P1",
      "59605 lie suspicions 592706",
      "68220 kill P4",
      "75489 liarLeaves",
      "75489 calm",
    ],
  },
  {
    name: "after a liar's term of termMax every later host's claim was refused",
    seed: 562,
    liar: "leaves",
    acts: ["165 join P2", "338 join P3 guest", "489 liar Mallory", "3961 lie hugeTerm 131757", "15780 liarLeaves", "15780 calm"],
  },
  {
    name: "an invitation to a public room that everybody has left lists it no longer",
    seed: 41186,
    liar: "none",
    acts: [
      "0 join P1",
      "242 join P3 guest",
      "9163 create P3 zqrzshfe5",
      "9367 enter P1 zqrzshfe5",
      "10539 leave P1 zqrzshfe5",
      "12537 invite P3 zqrzshfe5 P1",
      "12875 leave P3 zqrzshfe5",
      "71011 calm",
    ],
  },
];
