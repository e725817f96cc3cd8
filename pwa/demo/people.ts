/** Whose phones and mailboxes the demo's messages go to: its seeded clinic. Anybody enrolled later shows by number. */
const PEOPLE: Readonly<Record<string, string>> = {
  "+15555550101": "Nora",
  "nora@demo.example": "Nora",
  "+15555550102": "Omar",
  "omar@demo.example": "Omar",
  "+15555550103": "Lena",
  "lena@demo.example": "Lena",
  "+15555550111": "Ana",
  "ana.ruiz@demo.example": "Ana",
  "+15555550112": "Luis",
  "+15555550121": "Ben",
  "+15555550122": "Mia",
  "+15555550131": "Carla",
  "+15555550132": "Rosa",
  "+15555550141": "David",
  "david.okafor@demo.example": "David",
  "+15555550142": "Grace",
};

/** Where that clinic is: pages name times on its clock. */
export const CLINIC_ZONE = "America/New_York";

/** `Nora, +15555550101`, or the bare address. */
export function personAt(address: string): string {
  const name = PEOPLE[address];
  return name ? `${name}, ${address}` : address;
}
