/** Words of the settings for colleagues' contacts. */
export const en = {
  change: "Change contact",
  change_name: "Change contact: {name}",
  email_hint: "They sign in with it, and pages go to it.",
  phone_now: "Now {phone}. Leave this empty to keep it.",
  phone_none: "There is no number yet. Pages go by text message too once there is one.",
  save: "Save contact",
  email_taken: "This e-mail cannot be used. Take another one.",
  untested: "Saved. A new number or e-mail is not verified until {name} has had a test page there.",
  to_test: "Send a test page",
} as const;

export type Key = keyof typeof en;
