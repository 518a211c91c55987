/** Days and times of this machine's zone, alike in every language. */
import type { Calendar } from "../api/conversation-export.ts";

const two = (number: number): string => String(number).padStart(2, "0");

export const calendar: Calendar = {
  day(at) {
    const date = new Date(at);
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  },
  time(at) {
    const date = new Date(at);
    return `${two(date.getHours())}:${two(date.getMinutes())}`;
  },
};
