/** What a profile's file is called: its person, as far as any file system takes it. */

/** As the desktop's guard knows it; a test compares them. */
export const exportSuffix = ".earshot-profile";

export function exportFileName(personsName: string): string {
  const name = personsName.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/gu, "");
  return `${name === "" ? "profile" : name}${exportSuffix}`;
}
