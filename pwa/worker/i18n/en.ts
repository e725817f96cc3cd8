/** For messages that cannot be read: a lock screen tells nothing. */
export const en = {
  title: "Check-ins",
  body: "Open the app to see if there is something for you.",
} as const;
