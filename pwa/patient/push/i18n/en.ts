/** The card about notifications in English; it comes in a file of its own, with both languages. */
export const en = {
  title: "Notifications on this phone",
  why: "This phone can tell you when it is time to answer. The message says nothing about your health.",
  turn_on: "Turn on",
  on: "They are on.",
  try: "Send a test",
  tried: "Sent. It shows on this phone in a few seconds.",
  untried: "There is no connection now. Try the test later.",
  turn_off: "Turn off",
  blocked: "This phone blocks them. You can change that in its settings. You still get text messages.",
  failed: "That did not work on this phone. You still get text messages.",
} as const;

export type Key = keyof typeof en;
