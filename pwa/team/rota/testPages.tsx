import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { announce } from "../state/announce.ts";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Pageable, PageTests, PageWay } from "../types.ts";

const PATH = "/api/clinic/page-tests";
const LOOK_EVERY_MS = 5_000;

/** On which channels colleagues are proven to be reached; a test page to one of them. */
export function TestPages({ onProven }: { onProven: () => void }) {
  const me = useMe();
  const tests = useLoad<PageTests>(PATH);
  const [problem, setProblem] = useState("");
  const [testing, setTesting] = useState("");
  const [tooSoon, setTooSoon] = useState("");
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && tests.reload(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const proven = tests.data?.items.flatMap((one) => one.ways).filter((way) => way.verified_at).length;
  useEffect(() => (proven ? onProven() : undefined), [proven]);
  const test = async (one: Pageable): Promise<void> => {
    setTesting(one.staff_id);
    setTooSoon("");
    const result = await send<PageTests>("POST", `/api/staff/${one.staff_id}/test-page`);
    setTesting("");
    const again = !result.ok && result.problem.kind === "conflict";
    if (again) setTooSoon(one.staff_id);
    setProblem(result.ok || again ? "" : problemText(result.problem));
    if (!result.ok) return;
    tests.set(result.data);
    announce(t("test_page_sent", { name: one.name }));
  };
  return (
    <section class="panel">
      <h2>{t("test_pages")}</h2>
      <p class="soft">{t("test_pages_hint")}</p>
      <Notice text={problem} />
      <Loaded data={tests.data} problem={tests.problem} retry={tests.reload}>
        {({ items }) => (
          <ul class="plain">
            {items.map((one) => (
              <li class="line" key={one.staff_id}>
                <span>
                  <strong>{one.name}</strong>
                  {one.ways.map((way) => (
                    <Way way={way} key={way.channel} />
                  ))}
                  {!one.ways.length && <span class="tag tag-bad">{t("not_reachable")}</span>}
                  {tooSoon === one.staff_id && (
                    <span class="block" role="alert">
                      {t("test_page_wait")}
                    </span>
                  )}
                </span>
                {me.role !== "viewer" && one.ways.length > 0 && (
                  <Button
                    aria-label={t("test_page_to", { name: one.name })}
                    busy={testing === one.staff_id}
                    onClick={() => void test(one)}
                  >
                    {t("test_page")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Way({ way }: { way: PageWay }) {
  const zone = useMe().clinic.time_zone;
  const time = (at: string): string => dayAndTime(at, zone, careNow());
  return (
    <span class="block soft">
      {codeWord("channel", way.channel)}:{" "}
      {way.verified_at ? t("test_page_verified", { time: time(way.verified_at) }) : t("test_page_unverified")}
      {way.sent_at && !(way.verified_at && way.verified_at >= way.sent_at) && (
        <>
          {" · "}
          {t("test_page_last", { time: time(way.sent_at), state: codeWord("message_state", way.state ?? "") })}
        </>
      )}
    </span>
  );
}
