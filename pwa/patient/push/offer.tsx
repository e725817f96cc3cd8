/** The card about notifications comes in a file of its own, and only to phones that could have any. */
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

export function Notifications() {
  const [Card, setCard] = useState<FunctionComponent>();
  useEffect(() => {
    if (!("PushManager" in window && "Notification" in window && "serviceWorker" in navigator)) return;
    void import("./card.tsx").then(
      (loaded) => setCard(() => loaded.Card),
      () => undefined,
    );
  }, []);
  return Card ? <Card /> : null;
}
