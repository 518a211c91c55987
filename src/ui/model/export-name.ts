/** What saved files are called: as their person or conversation, as far as any file system takes it. */

/** As the desktop's guard knows it; a test compares them. */
export const exportSuffix = ".earshot-profile";

export const conversationSuffixes = { markdown: ".conversation.md", json: ".conversation.json" } as const;

export const exportFileName = (personsName: string): string => `${fileNameOf(personsName, "profile")}${exportSuffix}`;

export const conversationFileName = (label: string, format: keyof typeof conversationSuffixes): string =>
  `${fileNameOf(label, "conversation")}${conversationSuffixes[format]}`;

function fileNameOf(text: string, otherwise: string): string {
  const name = text.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/gu, "");
  return name === "" ? otherwise : name;
}
