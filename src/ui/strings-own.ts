/** Words about what people keep for themselves, and about writing later. */
export const ownStrings = {
  draft: "draft",
  star: "Star for yourself",
  unstar: "Take the star away",
  starredMark: "Starred by you",
  starred: "Starred",
  noneStarred: "Nothing is starred. Stars are yours alone: they mark what you want to find again.",
  markUnread: "Mark unread from here",
  typing: (names: readonly string[]) =>
    names.length === 1
      ? `${names[0]} is typing…`
      : names.length === 2
        ? `${names[0]} and ${names[1]} are typing…`
        : `${names.length} people are typing…`,
  writing: "Writing",
  showTyping: "Show others that I am typing, and me that they are",
  sendLater: "Send later…",
  laterTitle: "Send later",
  laterWhat: (text: string) => `“${text}”`,
  laterNothing: "Write something first; then choose when it is sent.",
  inAnHour: "In an hour",
  tomorrow: "Tomorrow at 9",
  monday: "Monday at 9",
  when: "When",
  schedule: "Send then",
  noTime: "Choose a day and a time first.",
  waiting: "Waiting to be sent",
  due: (when: string) => `To be sent ${when}`,
  notSent: (when: string, why: string) => `Was to be sent ${when}. ${why}`,
  cancel: "Do not send",
  laterNote: (count: number) => (count === 1 ? "1 message is to be sent later" : `${count} messages are to be sent later`),
  laterProblem: "A message could not be sent when it was due",
  sentLate: (when: string) => `A message that was due ${when} has been sent now.`,
  late: (count: number) => (count === 1 ? "This message came in later" : `These ${count} messages came in later`),
  lateAbove: (count: number) => (count === 1 ? "1 earlier message came in" : `${count} earlier messages came in`),
  forkedMark: "what they say contradicts itself",
  forked: (name: string) =>
    `Two histories by ${name} contradict each other, both with their signature. What they said in that conversation from there on is not shown, until they start Earshot anew. Somebody may have copied their profile, or an old copy of it was put back.`,
  retention: "Kept on this computer",
  forEver: "As long as there is space",
  oneDay: "For one day",
  oneWeek: "For a week",
  oneMonth: "For a month",
  oneYear: "For a year",
  retentionExplain: "What is older is destroyed on this computer, and nowhere else.",
  retentionWhat: (choice: string) =>
    `${choice}, from now on: what is older is destroyed on this computer, and cannot be brought back. Others keep theirs.`,
  retentionConfirm: "Destroy what is older",
} as const;
