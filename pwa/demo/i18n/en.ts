/** The demo page in English. */
export const en = {
  title: "Afterglow demo",
  intro: "A clinic, its phones and its clock on one machine. Nobody real is called.",
  messages: "The phones",
  nobody: "No messages yet. Turn the clock, or record a session.",
  all: "Everybody",
  show_for: "Show messages for",
  to: "to {to}",
  reply_from: "Text back from {who}",
  reply_hint: "Whoever was paged takes the alert with OK and its code, or passes it on with NO and its code.",
  reply_send: "Send",
  reply_none: "Sent. Nothing is said to it.",
  lost: "The demo does not answer. Is it still running?",
  clock: "The clock",
  care_time: "Care time",
  care_time_hint:
    "Planning, prompts and paging run on this time (the clinic is in New York). It goes on by itself; the buttons turn it.",
  plus: "+{length}",
  turning: "Turning the clock: everything that falls due on the way happens now.",
  turned: "Done.",
  turn_failed: "The clock could not be turned. Try again.",
  accounts: "Sign in as",
  password: "Password",
  nurse: "nurse",
  clinician: "clinician",
  admin: "admin",
  try: "What to try",
  try_1:
    "Open the {team} in another window and sign in as Nora. Open Ben Carter and record his session: ended just now, leaving now.",
  try_2: "Turn the clock by 1 h. A message arrives here: tap its link and answer as Ben.",
  try_3:
    "Answer something bad, such as chest pain. Within a second the alert is on Nora's screen, and her phone is paged here.",
  try_4: "Do nothing and turn the clock by 15 min: the pages climb the call list. Then acknowledge and close it.",
  try_5: "Turn the clock by 24 h without answering: silence is noticed too.",
  team: "team app",
  length_min: "{n} min",
  length_h: "{n} h",
} as const;

export type Key = keyof typeof en;
