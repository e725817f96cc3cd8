import { useEffect, useState } from "preact/hooks";
import { get } from "../calls.ts";
import { earlier } from "../time/zone.ts";
import type { Page, Session, TimelineItem } from "../types.ts";

/** The patient's last session, to start the next form from. Without one, or when it cannot be read, the form is empty. */
export function useLast(patientId: string): { known: boolean; session: Session | null } {
  const [last, setLast] = useState<{ known: boolean; session: Session | null }>({ known: false, session: null });
  useEffect(() => {
    let wanted = true;
    void findLast(patientId).then((session) => wanted && setLast({ known: true, session }));
    return () => {
      wanted = false;
    };
  }, [patientId]);
  return last;
}

async function findLast(patientId: string): Promise<Session | null> {
  const timeline = await get<Page<TimelineItem>>(`/api/patients/${patientId}/timeline`);
  if (!timeline.ok) return null;
  const newest = timeline.data.items
    .filter((item) => item.kind === "session" && !item["cancelled_at"])
    .sort((a, b) => earlier(b.at, a.at))[0];
  if (!newest) return null;
  const session = await get<Session>(`/api/sessions/${newest.id}`);
  return session.ok ? session.data : null;
}
