/** Words about getting to a message: by date, by link. */
export const placeStrings = {
  goToDate: "Go to a date",
  date: "Date",
  go: "Go",
  today: "Today",
  yesterday: "Yesterday",
  aWeekAgo: "A week ago",
  beginning: "The beginning",
  noDate: "Choose a date first.",
  copyLink: "Copy link",
  permalink: "a message",
  openPermalink: "Open this message",
  permalinkGone: "That message is not here.",
} as const;
